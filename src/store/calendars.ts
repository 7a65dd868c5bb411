import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import { type Account, accountColumns } from './account-row.ts'
import { type Plan, planColumns, type Reader, visibleTo } from './plans.ts'
import { accounts, plans } from './schema.ts'
import type { Store } from './store.ts'
import { calendarFeeds, cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'

interface Feed {
  readonly accountId: number
  readonly token: string
  readonly createdAt: number
}

/** The feed's token; the one given here where there was none. Of two who ask at once, both get the first one's. */
export const findOrMakeFeed = async ({ orm }: Store, feed: Feed): Promise<string> => {
  const [, found] = await orm.batch([
    orm.insert(calendarFeeds).values(feed).onConflictDoNothing(),
    orm.select({ token: calendarFeeds.token }).from(calendarFeeds).where(eq(calendarFeeds.accountId, feed.accountId)),
  ])
  return found[0]?.token ?? feed.token
}

/** Puts this token in the place of the one before, which from then on opens nothing. */
export const replaceFeed = async ({ orm }: Store, feed: Feed): Promise<void> => {
  await orm.insert(calendarFeeds).values(feed).onConflictDoUpdate({ target: calendarFeeds.accountId, set: feed })
}

export const findFeedOwner = async ({ orm }: Store, token: string): Promise<Account | null> => {
  const [row] = await orm
    .select(accountColumns)
    .from(calendarFeeds)
    .innerJoin(accounts, eq(accounts.id, calendarFeeds.accountId))
    .where(eq(calendarFeeds.token, token))
  return row ?? null
}

export type CancelledPlan = typeof cancelledPlans.$inferSelect

/**
 * What stands in somebody's calendar: the plans they made or answered and may still see, the newest of them where they
 * are very many, and those that were deleted of late.
 */
export const findCalendar = async (
  { orm }: Store,
  reader: Reader,
  { limit, cancelledSince }: { limit: number; cancelledSince: number },
): Promise<{ plans: Plan[]; cancelled: CancelledPlan[] }> => {
  const made = (visibility: SQL) =>
    sql`SELECT id FROM (SELECT id FROM plans WHERE creator_id = ${reader.id} AND visibility = ${visibility} ORDER BY id DESC LIMIT ${limit})`
  const answered = sql`SELECT plan_id FROM (SELECT plan_id FROM rsvps WHERE account_id = ${reader.id} ORDER BY id DESC LIMIT ${limit})`
  const [found, cancelled] = await orm.batch([
    orm
      .select(planColumns)
      .from(plans)
      .where(
        and(
          sql`plans.id IN (${made(sql`'public'`)} UNION ALL ${made(sql`'friends'`)} UNION ALL ${made(sql`'private'`)} UNION ALL ${answered})`,
          visibleTo(reader),
        ),
      )
      .orderBy(desc(plans.id))
      .limit(limit),
    orm
      .select({
        id: cancelledPlans.id,
        title: cancelledPlans.title,
        startTime: cancelledPlans.startTime,
        endTime: cancelledPlans.endTime,
        sequence: cancelledPlans.sequence,
        createdAt: cancelledPlans.createdAt,
        cancelledAt: cancelledPlans.cancelledAt,
      })
      .from(cancelledPlanPeople)
      .crossJoin(cancelledPlans)
      .where(
        and(
          eq(cancelledPlanPeople.accountId, reader.id),
          eq(cancelledPlans.id, cancelledPlanPeople.planId),
          gte(cancelledPlans.cancelledAt, cancelledSince),
        ),
      )
      .orderBy(desc(cancelledPlanPeople.planId))
      .limit(limit),
  ])
  return { plans: found, cancelled }
}

/** What the daily sweep takes away: deleted plans that every calendar has heard of by now. */
export const sweepCancelledPlans = async ({ orm }: Store, before: number): Promise<number> => {
  const gone = await orm.delete(cancelledPlans).where(lt(cancelledPlans.cancelledAt, before))
  return gone.meta.changes
}
