import { type SQL, sql } from 'drizzle-orm'
import { isBlockedPair, notBlocked } from './blocks.ts'
import { rowsOf, type Store } from './store.ts'

/**
 * The score of somebody's wishes against somebody's profile. It is written once, as SQL: a pair and all pairs are scored
 * by the same expression. `wish` is one row of match_preferences, `c` a profile; both may say less than everything, and
 * what either leaves open is not matched.
 */
interface Factor {
  /** Whether the wish errorResponse anything of it. */
  readonly wished: string
  readonly matched: string
  readonly points: number
  readonly penalty: number
}

const of = (column: string): string => `(SELECT ${column} FROM wish)`
const between = (column: string): string => `c.${column} BETWEEN ${of(`${column}_min`)} AND ${of(`${column}_max`)}`
const among = (column: string): string => `c.${column} IN (SELECT value FROM json_each(${of(column)}))`
const isListed = (column: string): string => `json_array_length(${of(column)}) > 0`

const range = (column: string, points: number, penalty: number): Factor => ({
  wished: `${of(`${column}_min`)} IS NOT NULL`,
  matched: between(column),
  points,
  penalty,
})
const list = (column: string, points: number, penalty: number): Factor => ({
  wished: isListed(column),
  matched: among(column),
  points,
  penalty,
})
const same = (column: string, points: number, penalty: number): Factor => ({
  wished: `${of(column)} IS NOT NULL`,
  matched: `c.${column} = ${of(column)}`,
  points,
  penalty,
})

const COUNTED: readonly Factor[] = [
  same('gender', 10, 0),
  {
    wished: `${of('born_after')} IS NOT NULL`,
    // The day after which, and the day until which, somebody of these ages was born: ages change, birth dates don't.
    matched: `(c.date_of_birth > ${of('born_after')} AND c.date_of_birth <= ${of('born_until')})`,
    points: 20,
    penalty: -10,
  },
  range('height', 15, -7),
  range('weight', 10, -5),
  range('income', 15, -7),
  list('profession', 10, -5),
  list('education', 10, -5),
  list('location', 10, -5),
  list('language', 5, -2),
  same('marital_status', 5, -2),
]

/** Lists in a wish and single values in a profile, which never are equal: they count as not matched, unless a setting errorResponse otherwise. */
const LISTED_APART: readonly Factor[] = [list('religion', 5, -2), list('caste', 5, -2)]

const MOST = 120

const sumOf = (matchLists: boolean): string => {
  const counted = [...COUNTED, ...(matchLists ? LISTED_APART : [])]
  const apart = matchLists ? 0 : LISTED_APART.reduce((sum, { penalty }) => sum + penalty, 0)
  const terms = counted.map(({ matched, points, penalty }) => `CASE WHEN ${matched} THEN ${points} ELSE ${penalty} END`)
  return `(${terms.join(' + ')} + ${apart})`
}

const scoreOf = (matchLists: boolean): SQL =>
  sql.raw(`CASE WHEN ${of('gender')} IS NOT NULL AND c.gender <> ${of('gender')} THEN 0.0
    ELSE (${sumOf(matchLists)} / ${MOST}.0) * 100 END`)

/** Everything that the wish errorResponse, in conditions that stop at the first one that fails. */
const isPerfect = (matchLists: boolean): SQL => {
  const counted = [...COUNTED, ...(matchLists ? LISTED_APART : [])]
  return sql.raw(counted.map(({ wished, matched }) => `(NOT COALESCE(${wished}, 0) OR ${matched})`).join(' AND '))
}

/**
 * The day on which somebody of so many years was born at the latest, as text: `2027-02-29` compares well, whether it exists
 * or not. D1 binds every number as a float, whose text has a point in it: hence the cast.
 */
const bornOn = (years: SQL, today: string): SQL =>
  sql`substr('000' || CAST(max(0, min(9999, ${Number(today.slice(0, 4))} - (${years}))) AS INTEGER), -4) || ${today.slice(4)}`

const wishOf = (accountId: number, today: string): SQL => sql`
  SELECT gender, ${bornOn(sql`age_max + 1`, today)} AS born_after, ${bornOn(sql`age_min`, today)} AS born_until,
    height_min, height_max, weight_min, weight_max, income_min, income_max,
    profession, education, location, language, religion, caste, marital_status
  FROM match_preferences WHERE account_id = ${accountId}`

export type MatchStatus = 'accepted' | 'pending'

const ACCEPTED = 70

const statusOf = (score: number): MatchStatus => (score >= ACCEPTED ? 'accepted' : 'pending')

interface Side {
  readonly id: number
  readonly username: string
  readonly hasProfile: boolean
  readonly hasPreference: boolean
}

interface Pair {
  readonly user1: number
  readonly user2: number
}

/** Who the two are, what they have, and, where both have all of it and nothing keeps them apart, their score, which is kept. */
export const scorePair = async (
  store: Store,
  { user1, user2 }: Pair,
  { matchLists, today, now }: { matchLists: boolean; today: string; now: number },
): Promise<{ readonly sides: readonly Side[]; readonly apart: boolean; readonly score: number | null; readonly status: MatchStatus }> => {
  const { orm } = store
  const [sides, made] = await orm.batch([
    rowsOf<{ id: number; username: string; profile: number; preference: number; apart: number }>(
      orm,
      sql`SELECT id, username, ${isBlockedPair(user1, user2)} AS apart,
        EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.account_id = accounts.id AND p.is_listed = 1) AS profile,
        EXISTS (SELECT 1 FROM match_preferences m WHERE m.account_id = accounts.id) AS preference
      FROM accounts WHERE id IN (${user1}, ${user2})`,
    ),
    rowsOf<{ score: number }>(
      orm,
      sql`WITH wish AS MATERIALIZED (${wishOf(user1, today)}), scored AS MATERIALIZED (
        SELECT ${scoreOf(matchLists)} AS score FROM matrimony_profiles c
        WHERE c.account_id = ${user2} AND c.is_listed = 1 AND EXISTS (SELECT 1 FROM wish)
          AND EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.account_id = ${user1} AND p.is_listed = 1)
          AND EXISTS (SELECT 1 FROM match_preferences m WHERE m.account_id = ${user2})
          AND NOT ${isBlockedPair(user1, user2)})
      INSERT INTO matches (user1_id, user2_id, score, status, created_at, updated_at)
      SELECT ${user1}, ${user2}, score, CASE WHEN score >= ${ACCEPTED} THEN 'accepted' ELSE 'pending' END, ${now}, ${now} FROM scored WHERE true
      ON CONFLICT DO UPDATE SET score = excluded.score, status = excluded.status, updated_at = excluded.updated_at
      RETURNING score`,
    ),
  ])
  const score = made[0]?.score ?? null
  return {
    sides: sides.map(({ id, username, profile, preference }) => ({
      id,
      username,
      hasProfile: profile === 1,
      hasPreference: preference === 1,
    })),
    apart: sides.some(({ apart }) => apart === 1),
    score,
    status: statusOf(score ?? 0),
  }
}

export interface Match {
  readonly accountId: number
  readonly score: number
  readonly status: MatchStatus
}

/**
 * The best matches of one person, in one statement that reads nothing but one covering index (matrimony_profiles_to_match).
 * It looks first for profiles that are everything that was wished for, in the wished ages only, and stops as soon as there
 * are enough of them: they all have the best score there is. Only where there are not enough is every profile of the
 * wished gender scored, along the same index; the best of them are kept in a heap of `limit` rows, and no more is held.
 */
export const findMatches = async (
  store: Store,
  accountId: number,
  { matchLists, today, limit }: { matchLists: boolean; today: string; limit: number },
): Promise<Match[] | null> => {
  const { orm } = store
  const others = sql`c.is_listed = 1 AND c.gender IN (SELECT gender FROM wanted)
    AND c.account_id <> ${accountId} AND c.account_id NOT IN (SELECT id FROM apart)`
  const profiles = sql`matrimony_profiles c INDEXED BY matrimony_profiles_to_match`
  const [[ready], found] = await orm.batch([
    rowsOf<{ ready: number }>(
      orm,
      sql`SELECT EXISTS (SELECT 1 FROM matrimony_profiles WHERE account_id = ${accountId})
        AND EXISTS (SELECT 1 FROM match_preferences WHERE account_id = ${accountId}) AS ready`,
    ),
    rowsOf<{ id: number; score: number }>(
      orm,
      sql`WITH
        wish AS MATERIALIZED (
          SELECT wished.* FROM (${wishOf(accountId, today)}) wished
          WHERE EXISTS (SELECT 1 FROM matrimony_profiles WHERE account_id = ${accountId})),
        wanted AS MATERIALIZED (
          SELECT gender FROM wish WHERE gender IS NOT NULL
          UNION ALL SELECT '' FROM wish WHERE gender IS NULL
          UNION ALL SELECT v.value FROM wish JOIN master_types t ON t.type = 'gender' JOIN master_values v ON v.type_id = t.id
            WHERE wish.gender IS NULL),
        apart (id) AS MATERIALIZED (${notBlocked(accountId)}),
        perfect AS MATERIALIZED (
          SELECT c.account_id AS id, ${scoreOf(matchLists)} AS score FROM ${profiles}
          WHERE ${others} AND c.date_of_birth > COALESCE((SELECT born_after FROM wish), '')
            AND c.date_of_birth <= COALESCE((SELECT born_until FROM wish), '9999')
            AND ${isPerfect(matchLists)}
          LIMIT ${limit}),
        -- One row or none, and joined first: a condition would be asked for each profile, after it was read.
        short AS MATERIALIZED (SELECT 1 WHERE (SELECT count(*) FROM perfect) < ${limit}),
        scored AS MATERIALIZED (
          SELECT c.account_id AS id, ${scoreOf(matchLists)} AS score FROM short CROSS JOIN ${profiles}
          WHERE ${others}
          ORDER BY score DESC, c.account_id LIMIT ${limit})
      SELECT id, score FROM scored
      UNION ALL SELECT id, score FROM perfect WHERE NOT EXISTS (SELECT 1 FROM scored)`,
    ),
  ])
  if (ready?.ready !== 1) return null
  // Scores come best first, so what is left of them is a beginning of the list.
  return found.filter(({ score }) => score > 0).map(({ id, score }) => ({ accountId: id, score, status: statusOf(score) }))
}
