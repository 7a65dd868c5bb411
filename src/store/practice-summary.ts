import { sql } from 'drizzle-orm'
import type { PracticeSummary, SummaryRule } from '../model/practice.ts'
import { literal, type Store } from './store.ts'
import { practiceSessions } from './tables/practice.ts'

/**
 * The practice statistics of one person, computed by the database in one round trip. Consecutive days have the same
 * difference between the day's number and its rank among the practised days. The current streak is the one whose last day is
 * recent enough.
 */
export const summarisePractice = async (store: Store, accountId: number, today: string, rule: SummaryRule): Promise<PracticeSummary> => {
  const { orm } = store
  const earliest = sql`date(${today}, ${literal(`-${rule.graceDays} day`)})`
  const latest = sql`date(${today}, ${literal(`+${rule.daysAhead} day`)})`
  const ofAccount = sql`${practiceSessions.accountId} = ${accountId}`
  const totals = orm
    .select({ count: sql<number>`count(*)`, minutes: sql<number>`coalesce(sum(${practiceSessions.duration}), 0)` })
    .from(practiceSessions)
    .where(ofAccount)
  const streaks = orm
    .select({
      longest: sql<number>`coalesce(max(length), 0)`,
      current: sql<number>`coalesce(max(CASE WHEN last >= ${earliest} THEN until_tomorrow END), 0)`,
    })
    .from(
      sql`(SELECT count(*) AS length,
          max(CASE WHEN day <= ${latest} THEN day END) AS last,
          sum(day <= ${latest}) AS until_tomorrow
        FROM (SELECT day, julianday(day) - row_number() OVER (ORDER BY day) AS run
          FROM (SELECT DISTINCT ${sql.identifier('date')} AS day FROM ${practiceSessions} WHERE ${ofAccount}))
        GROUP BY run)`,
    )
  const week = sql<string>`strftime('%G-W%V', ${practiceSessions.date})`
  const byWeek = orm
    .select({ week, minutes: sql<number>`sum(${practiceSessions.duration})` })
    .from(practiceSessions)
    .where(ofAccount)
    .groupBy(week)
    .orderBy(sql`1 DESC`)
    .limit(rule.maxWeeks)
  const [[total], [streak], weeks] = await orm.batch([totals, streaks, byWeek])
  return {
    count: total?.count ?? 0,
    totalMinutes: total?.minutes ?? 0,
    currentStreakDays: streak?.current ?? 0,
    longestStreakDays: streak?.longest ?? 0,
    byWeek: weeks,
  }
}
