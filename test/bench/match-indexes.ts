import { MATCH_RULE, type MatchFactor } from '../../src/model/matching.ts'
import { lowestCost } from './set-cover.ts'

/**
 * `npm run bench:indexes`: how many rows the list of best matches would read at least, with the indexes that suit a preference best.
 * Prints the table of docs/adr/0028-one-index-for-matches.md. Nothing is measured: the numbers follow from the rule of the score,
 * from how many different values each factor has, and from the share of them that a preference accepts.
 */

const PROFILES = 50_000 // of the wanted gender
const LISTED = 100

/** How many different values each factor has: those of test/support/many-profiles.ts and of the master lists. */
const VALUES: Readonly<Record<string, number>> = {
  age: 37 * 365, // dates of birth
  height: 50,
  weight: 60,
  income: 30,
  profession: 28,
  education: 28,
  location: 41,
  language: 10,
  maritalStatus: 5,
}

/** The narrow preference of test/store/matching.test.ts: how many values of each factor it accepts. */
const NARROW: Readonly<Record<string, number>> = {
  age: 6 * 365,
  height: 6,
  weight: 11,
  income: 3,
  profession: 2,
  education: 1,
  location: 1,
  language: 1,
  maritalStatus: 1,
}

interface Factor {
  readonly points: number
  readonly penalty: number
  readonly isRange: boolean
  /** How many of its values the preference accepts. */
  readonly accepted: number
  /** The share of the profiles that have one of them. */
  readonly share: number
}

const nameOf = (factor: MatchFactor): string => (factor.type === 'age' ? 'age' : factor.field)

/** Every profile in question has the wanted gender. */
const factorsFor = (acceptedOf: (name: string, values: number) => { readonly accepted: number; readonly share: number }): Factor[] =>
  MATCH_RULE.factors
    .filter((factor) => nameOf(factor) !== 'gender')
    .map((factor) => {
      const { points, penalty, type } = factor
      const name = nameOf(factor)
      return { points, penalty, isRange: type === 'age' || type === 'range', ...acceptedOf(name, VALUES[name] ?? 0) }
    })

/** A set of factors is a number with one bit for each. */
const has = (set: number, index: number): boolean => (set & (1 << index)) !== 0
const isSubset = (part: number, whole: number): boolean => (part & ~whole) === 0
const sizeOf = (set: number): number => set.toString(2).replaceAll('0', '').length

/** The number of profiles that match these factors, and perhaps others. */
const matching = (factors: readonly Factor[], set: number): number =>
  factors.reduce((profiles, { share }, index) => (has(set, index) ? profiles * share : profiles), PROFILES)

const scoreOf = (factors: readonly Factor[], set: number): number =>
  factors.reduce((score, { points, penalty }, index) => score + (has(set, index) ? points : penalty), 0)

/** The score of the last profile in the list. */
const lastScore = (factors: readonly Factor[], sets: readonly number[]): number => {
  const exactly = (set: number): number =>
    factors.reduce((profiles, { share }, index) => profiles * (has(set, index) ? share : 1 - share), PROFILES)
  const scored = sets.map((set) => ({ score: scoreOf(factors, set), profiles: exactly(set) })).sort((a, b) => b.score - a.score)
  let listed = 0
  for (const { score, profiles } of scored) {
    listed += profiles
    if (listed >= LISTED) return score
  }
  return Number.NEGATIVE_INFINITY
}

/**
 * The rows that an index on these factors reads: the profiles that match them, and one for each combination of values that is looked up.
 * A B-tree reads one range behind equal values, so every other range is looked up value by value.
 */
const rowsOf = (factors: readonly Factor[], set: number): number => {
  const indexed = factors.filter((_, index) => has(set, index))
  const longestRange = Math.max(1, ...indexed.filter(({ isRange }) => isRange).map(({ accepted }) => accepted))
  const lookups = indexed.reduce((product, { accepted }) => product * accepted, 1) / longestRange
  return matching(factors, set) + lookups
}

/** The fewest rows that any set of indexes on at most so many factors reads. */
const fewestRows = (factors: readonly Factor[], mostFactors: number): number => {
  const sets = Array.from({ length: 1 << factors.length }, (_, set) => set)
  const last = lastScore(factors, sets)
  const reaching = sets.filter((set) => scoreOf(factors, set) >= last)
  // A profile in the list matches all factors of one of these sets, so each of them needs an index on factors of its own.
  const smallest = reaching.filter((set) => !reaching.some((other) => other !== set && isSubset(other, set)))
  const indexes = sets
    .filter((set) => set > 0 && sizeOf(set) <= mostFactors)
    .map((set) => ({
      cost: rowsOf(factors, set),
      covers: new Set(smallest.flatMap((whole, item) => (isSubset(set, whole) ? [item] : []))),
    }))
  return lowestCost(indexes, smallest.length)
}

const print = (...cells: readonly string[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const printRow = (name: string, factors: readonly Factor[]): void => {
  print(name, ...[2, 3, factors.length].map((most) => Math.round(fewestRows(factors, most)).toLocaleString('en')))
}

print('each factor accepts', 'indexes on two factors', 'on three', 'on any number')
print('---', '---:', '---:', '---:')
printRow(
  "2 to 20 % (the test's preference)",
  factorsFor((name, values) => ({ accepted: NARROW[name] ?? 0, share: (NARROW[name] ?? 0) / values })),
)
for (const percent of [10, 20, 30, 40, 50]) {
  const share = percent / 100
  printRow(
    `${percent} %`,
    factorsFor((_name, values) => ({ accepted: Math.max(1, Math.round(values * share)), share })),
  )
}
