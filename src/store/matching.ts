import { type SQL, sql } from 'drizzle-orm'
import type { Match, MatchFactor, MatchRule, MatchStatus } from '../model/matching.ts'
import { usernameIn } from './account-row.ts'
import { blockedIdsOf, isBlockedPair } from './blocks.ts'
import { compiledOnce, literal, rowsOf, type Store } from './store.ts'

/**
 * A factor of the model, compiled to SQL. The score is written once, as SQL: a single pair and all pairs use the same
 * expression. `w` is one row of match_preferences, `lists` has its lists, and `c` is a profile.
 */
interface CompiledFactor {
  /** SQL condition: the preference has a value for this factor. */
  readonly isSet: string
  /** SQL condition: the profile matches the preference. */
  readonly isMatch: string
  readonly points: number
  readonly penalty: number
}

const COLUMNS = { gender: 'gender', maritalStatus: 'marital_status' } as const

const fieldOf = (column: string): string => `w.${column}`

const conditionsOf = (factor: MatchFactor): Pick<CompiledFactor, 'isSet' | 'isMatch'> => {
  switch (factor.type) {
    case 'age':
      return {
        isSet: `${fieldOf('born_after')} IS NOT NULL`,
        // The range of birth dates that corresponds to the range of ages: ages change with the day, birth dates don't.
        isMatch: `(c.date_of_birth > ${fieldOf('born_after')} AND c.date_of_birth <= ${fieldOf('born_until')})`,
      }
    case 'range': {
      const [min, max] = [fieldOf(`${factor.field}_min`), fieldOf(`${factor.field}_max`)]
      return { isSet: `${min} IS NOT NULL`, isMatch: `c.${factor.field} BETWEEN ${min} AND ${max}` }
    }
    case 'list': {
      const list = fieldOf(factor.field)
      return {
        isSet: `json_array_length(${list}) > 0`,
        isMatch: `c.${factor.field} IN (SELECT value FROM json_each((SELECT ${factor.field} FROM lists)))`,
      }
    }
    case 'equal': {
      const column = COLUMNS[factor.field]
      return { isSet: `${fieldOf(column)} IS NOT NULL`, isMatch: `c.${column} = ${fieldOf(column)}` }
    }
  }
}

const compiled = (factor: MatchFactor): CompiledFactor => ({ ...conditionsOf(factor), points: factor.points, penalty: factor.penalty })

/** The expressions of a rule, with its list factors or without them. */
interface CompiledRule {
  readonly score: SQL
  /** The score of every profile that matches the whole preference. */
  readonly perfectScore: SQL
  /** SQL condition: all conditions of the preference, joined by AND, so that the evaluation stops at the first one that fails. */
  readonly isPerfect: SQL
}

const compileRule = ({ factors, listFactors, maxPoints }: MatchRule, matchLists: boolean): CompiledRule => {
  const used = [...factors, ...(matchLists ? listFactors : [])].map(compiled)
  const listPenalties = matchLists ? 0 : listFactors.reduce((sum, { penalty }) => sum + penalty, 0)
  const percentOf = (condition: 'isMatch' | 'isSet') => {
    const terms = used.map((factor) => `CASE WHEN ${factor[condition]} THEN ${factor.points} ELSE ${factor.penalty} END`)
    return `((${terms.join(' + ')} + ${listPenalties}) / ${maxPoints}.0) * 100`
  }
  return {
    score: sql.raw(`CASE WHEN ${fieldOf('gender')} IS NOT NULL AND c.gender <> ${fieldOf('gender')} THEN 0.0
    ELSE ${percentOf('isMatch')} END`),
    perfectScore: sql.raw(percentOf('isSet')),
    isPerfect: sql.raw(used.map(({ isSet, isMatch }) => `(NOT COALESCE(${isSet}, 0) OR ${isMatch})`).join(' AND ')),
  }
}

const withLists = compiledOnce((rule: MatchRule) => compileRule(rule, true))
const withoutLists = compiledOnce((rule: MatchRule) => compileRule(rule, false))
const compiledRule = (rule: MatchRule, matchLists: boolean): CompiledRule => (matchLists ? withLists : withoutLists)(rule)

const [ACCEPTED, PENDING]: readonly [MatchStatus, MatchStatus] = ['accepted', 'pending']

/** The status of a `score`, as SQL: the score is known to the statement first. */
const statusOf = ({ acceptedFrom }: MatchRule): SQL =>
  sql`CASE WHEN score >= ${acceptedFrom} THEN ${literal(ACCEPTED)} ELSE ${literal(PENDING)} END`

interface MatchOptions {
  readonly rule: MatchRule
  readonly matchLists: boolean
  readonly today: string
}

/**
 * The latest birth date of a person of this age, as text. A date that does not exist, such as `2027-02-29`, still compares
 * correctly. The cast is needed because D1 binds every number as a float, whose text form contains a decimal point.
 */
const bornOn = (years: SQL, today: string): SQL =>
  sql`substr('000' || CAST(max(0, min(9999, ${Number(today.slice(0, 4))} - (${years}))) AS INTEGER), -4) || ${today.slice(4)}`

const wishOf = (accountId: number, today: string): SQL => sql`
  SELECT gender, ${bornOn(sql`age_max + 1`, today)} AS born_after, ${bornOn(sql`age_min`, today)} AS born_until,
    height_min, height_max, weight_min, weight_max, income_min, income_max,
    profession, education, location, language, religion, caste, marital_status
  FROM match_preferences WHERE account_id = ${accountId}`

/**
 * The lists of a preference apart from the rest: a column of the joined row would make each list a correlated subquery, which is read again for
 * every profile. And each reference to a common table copies its whole text when the statement is prepared: this one is short.
 */
const listsOf = (accountId: number): SQL =>
  sql`SELECT profession, education, location, language, religion, caste FROM match_preferences WHERE account_id = ${accountId}`

interface MatchAccount {
  readonly id: number
  readonly username: string
  readonly hasProfile: boolean
  readonly hasPreference: boolean
}

interface Pair {
  readonly user1: number
  readonly user2: number
}

/**
 * The two accounts, and whether each has a profile and a preference. If both have both, also their score, which is stored.
 * The other account is left out if it is closed, or if one of the two blocks the other.
 */
export const scorePair = async (
  store: Store,
  { user1, user2 }: Pair,
  { rule, matchLists, today, now }: MatchOptions & { now: number },
): Promise<{
  readonly accounts: readonly MatchAccount[]
  readonly score: number | null
  readonly status: MatchStatus
}> => {
  const { orm } = store
  const [accounts, scored] = await orm.batch([
    rowsOf<{ id: number; username: string; profile: number; preference: number }>(
      orm,
      sql`SELECT id, ${usernameIn('matrimony')} AS username,
        EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.account_id = accounts.id AND p.is_listed = 1) AS profile,
        EXISTS (SELECT 1 FROM match_preferences m WHERE m.account_id = accounts.id) AS preference
      FROM accounts WHERE id = ${user1} OR (id = ${user2} AND is_active = 1 AND NOT ${isBlockedPair(user1, user2)})`,
    ),
    rowsOf<{ score: number; status: MatchStatus }>(
      orm,
      sql`WITH wish AS MATERIALIZED (${wishOf(user1, today)}), lists AS MATERIALIZED (${listsOf(user1)}), scored AS MATERIALIZED (
        SELECT ${compiledRule(rule, matchLists).score} AS score FROM wish w CROSS JOIN matrimony_profiles c
        WHERE c.account_id = ${user2} AND c.is_listed = 1
          AND EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.account_id = ${user1} AND p.is_listed = 1)
          AND EXISTS (SELECT 1 FROM match_preferences m WHERE m.account_id = ${user2})
          AND NOT ${isBlockedPair(user1, user2)})
      INSERT INTO matches (user1_id, user2_id, score, status, created_at, updated_at)
      SELECT ${user1}, ${user2}, score, ${statusOf(rule)}, ${now}, ${now} FROM scored WHERE true
      ON CONFLICT DO UPDATE SET score = excluded.score, status = excluded.status, updated_at = excluded.updated_at
      RETURNING score, status`,
    ),
  ])
  return {
    accounts: accounts.map(({ id, username, profile, preference }) => ({
      id,
      username,
      hasProfile: profile === 1,
      hasPreference: preference === 1,
    })),
    score: scored[0]?.score ?? null,
    status: scored[0]?.status ?? PENDING,
  }
}

/**
 * The best matches of one account, in one statement that reads only one covering index (matrimony_profiles_to_match). It
 * first searches for profiles that match the whole preference, only in the preferred range of ages, and stops as soon as
 * there are enough: all of these have the best possible score. Only if there are not enough, it scores every profile of the
 * preferred gender, with the same index (docs/adr/0028-one-index-for-matches.md).
 *
 * D1 counts one row more for each profile that is looked up in a list or compared in a sort. So members who are left out are removed at
 * the end, from a list that is longer by their number, and only scores that are listed reach the sort.
 */
export const findMatches = async (
  store: Store,
  accountId: number,
  { rule, matchLists, today, limit }: MatchOptions & { limit: number },
): Promise<Match[] | null> => {
  const { orm } = store
  const { score, perfectScore, isPerfect } = compiledRule(rule, matchLists)
  const isWanted = sql`c.is_listed = 1 AND c.gender IN (SELECT gender FROM wanted)`
  const isOther = sql`id NOT IN (SELECT id FROM apart)`
  const profiles = sql`matrimony_profiles c INDEXED BY matrimony_profiles_to_match`
  const [[ready], matches] = await orm.batch([
    rowsOf<{ ready: number }>(
      orm,
      sql`SELECT EXISTS (SELECT 1 FROM matrimony_profiles WHERE account_id = ${accountId})
        AND EXISTS (SELECT 1 FROM match_preferences WHERE account_id = ${accountId}) AS ready`,
    ),
    rowsOf<{ id: number; score: number; status: MatchStatus }>(
      orm,
      sql`WITH
        wish AS MATERIALIZED (
          SELECT wished.* FROM (${wishOf(accountId, today)}) wished
          WHERE EXISTS (SELECT 1 FROM matrimony_profiles WHERE account_id = ${accountId})),
        lists AS MATERIALIZED (${listsOf(accountId)}),
        wanted AS MATERIALIZED (
          SELECT gender FROM wish WHERE gender IS NOT NULL
          UNION ALL SELECT '' FROM wish WHERE gender IS NULL
          UNION ALL SELECT v.value FROM wish JOIN master_types t ON t.type = 'gender' JOIN master_values v ON v.type_id = t.id
            WHERE wish.gender IS NULL),
        apart (id) AS MATERIALIZED (SELECT ${accountId} UNION ALL ${blockedIdsOf(accountId)}),
        enough (amount) AS MATERIALIZED (SELECT ${limit} + count(*) FROM apart),
        fitting AS MATERIALIZED (
          SELECT c.account_id AS id, ${perfectScore} AS score FROM wish w CROSS JOIN ${profiles}
          WHERE ${isWanted} AND c.date_of_birth > COALESCE(w.born_after, '')
            AND c.date_of_birth <= COALESCE(w.born_until, '9999')
            AND ${isPerfect}
          LIMIT (SELECT amount FROM enough)),
        perfect AS MATERIALIZED (SELECT id, score FROM fitting WHERE ${isOther} LIMIT ${limit}),
        -- One row or none, and joined first: a WHERE condition would be evaluated for each profile, after reading it.
        short AS MATERIALIZED (SELECT 1 WHERE (SELECT count(*) FROM perfect) < ${limit}),
        -- The inner LIMIT prevents that the score is computed twice, for the condition and for the result.
        scored AS MATERIALIZED (
          SELECT id, score
          FROM (SELECT c.account_id AS id, ${score} AS score FROM short CROSS JOIN wish w CROSS JOIN ${profiles} WHERE ${isWanted} LIMIT -1)
          WHERE score > ${rule.listedAbove}
          ORDER BY score DESC, id LIMIT (SELECT amount FROM enough)),
        best AS MATERIALIZED (SELECT id, score FROM scored WHERE ${isOther} LIMIT ${limit})
      SELECT id, score, ${statusOf(rule)} AS status FROM best
      UNION ALL SELECT id, score, ${statusOf(rule)} FROM perfect WHERE NOT EXISTS (SELECT 1 FROM short)`,
    ),
  ])
  if (ready?.ready !== 1) return null
  // Best scores first, so this only cuts off the end of the list.
  return matches.filter((match) => match.score > rule.listedAbove).map(({ id, ...match }) => ({ accountId: id, ...match }))
}
