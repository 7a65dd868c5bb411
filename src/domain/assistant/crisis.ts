import { ANYWHERE, COUNTRIES, type CrisisLine } from './crisis-lines.ts'
import { CRISIS_WORDS } from './crisis-words.ts'

export type { CrisisLine }

/** Lower case, no accents, no apostrophes, no punctuation, one space between words: as the lists are written. */
const plain = (text: string): string =>
  ` ${text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\p{M}'’‘`´]/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `

const pattern = (phrases: readonly string[]): RegExp =>
  new RegExp(
    `(?<= )(?:${phrases.map((phrase) => phrase.replaceAll('*', '\\S*').replaceAll(' … ', ' (?:\\S+ ){0,3}').replaceAll(' …', ' \\S+')).join('|')})(?= )`,
    'gu',
  )

/** Made when somebody first writes, not at start-up. */
let compiled: readonly { readonly phrases: RegExp; readonly harmless: RegExp }[] | null = null

const languages = () => {
  compiled ??= Object.values(CRISIS_WORDS).map(({ phrases, harmless }) => ({ phrases: pattern(phrases), harmless: pattern(harmless) }))
  return compiled
}

/** Whether a message speaks of suicide or harm, in any of the languages that are listed. */
export const speaksOfHarm = (text: string): boolean => {
  const given = plain(text)
  return languages().some(({ phrases, harmless }) => given.replaceAll(harmless, 'x').search(phrases) >= 0)
}

/** Whom somebody can call where they say they are, and whom anybody can call. */
export const linesFor = (location: string): readonly CrisisLine[] => {
  const given = plain(location)
  const there = Object.entries(COUNTRIES).filter(([, { names }]) => names.some((name) => given.includes(` ${name} `)))
  const lines = there.flatMap(([country, { lines }]) => lines.map(([name, contact]) => ({ country, name, contact })))
  return [...lines, ...ANYWHERE]
}

/** What stands before any answer to such a message, whoever gives it. */
export const crisisText = (lines: readonly CrisisLine[], deskKnows: boolean): string =>
  [
    'What you write sounds like you may be in danger, and you do not have to be alone with it. Please talk to a person now:',
    ...lines.map(({ name, contact }) => `- ${name}: ${contact}`),
    'You can also set off your alarm here: it tells the people you chose, and our support staff.',
    ...(deskKnows ? ['Our support staff have been told that you may need somebody.'] : []),
  ].join('\n')
