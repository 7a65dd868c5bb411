import { sql } from 'drizzle-orm'
import { practiceSessions } from './schema.ts'
import type { Store } from './store.ts'

export interface PracticeSummary {
  readonly count: number
  readonly totalMinutes: number
  readonly currentStreakDays: number
  readonly longestStreakDays: number
  readonly byWeek: readonly { readonly week: string; readonly minutes: number }[]
}

const WEEKS_SHOWN = 1000

/**
 * Everything about one person's practice, counted by the database in one round trip. Days in a row share the difference
 * between a day's number and its place among the practised days. The running streak is the one that reaches yesterday or
 * later: whoever has not sat yet today has not lost it, and somewhere on earth it is tomorrow already.
 */
export const summarisePractice = async (store: Store, accountId: number, today: string): Promise<PracticeSummary> => {
  const { orm } = store
  const mine = sql`${practiceSessions.accountId} = ${accountId}`
  const totals = orm
    .select({ count: sql<number>`count(*)`, minutes: sql<number>`coalesce(sum(${practiceSessions.duration}), 0)` })
    .from(practiceSessions)
    .where(mine)
  const streaks = orm
    .select({
      longest: sql<number>`coalesce(max(length), 0)`,
      current: sql<number>`coalesce(max(CASE WHEN last >= date(${today}, '-1 day') THEN until_tomorrow END), 0)`,
    })
    .from(
      sql`(SELECT count(*) AS length,
          max(CASE WHEN day <= date(${today}, '+1 day') THEN day END) AS last,
          sum(day <= date(${today}, '+1 day')) AS until_tomorrow
        FROM (SELECT day, julianday(day) - row_number() OVER (ORDER BY day) AS run
          FROM (SELECT DISTINCT ${sql.identifier('date')} AS day FROM ${practiceSessions} WHERE ${mine}))
        GROUP BY run)`,
    )
  const week = sql<string>`strftime('%G-W%V', ${practiceSessions.date})`
  const byWeek = orm
    .select({ week, minutes: sql<number>`sum(${practiceSessions.duration})` })
    .from(practiceSessions)
    .where(mine)
    .groupBy(week)
    .orderBy(sql`1 DESC`)
    .limit(WEEKS_SHOWN)
  const [[total], [streak], weeks] = await orm.batch([totals, streaks, byWeek])
  return {
    count: total?.count ?? 0,
    totalMinutes: total?.minutes ?? 0,
    currentStreakDays: streak?.current ?? 0,
    longestStreakDays: streak?.longest ?? 0,
    byWeek: weeks,
  }
}
