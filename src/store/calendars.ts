import { and, desc, eq, gte, sql } from 'drizzle-orm'
import type { Account, Reader } from '../model/account.ts'
import { type CancelledPlan, type Plan, VISIBILITIES, type Visibility } from '../model/plan.ts'
import { accountColumns } from './account-row.ts'
import { planColumns, visibleTo } from './plans.ts'
import { literal, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { calendarFeeds, cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'
import { plans } from './tables/plans.ts'

interface Feed {
  readonly accountId: number
  readonly token: string
  readonly createdAt: number
}

/** The token of the account's feed. Inserts `feed` if there is none. Two concurrent calls both return the token of the first. */
export const findOrCreateFeed = async ({ orm }: Store, feed: Feed): Promise<string> => {
  const [, rows] = await orm.batch([
    orm.insert(calendarFeeds).values(feed).onConflictDoNothing(),
    orm.select({ token: calendarFeeds.token }).from(calendarFeeds).where(eq(calendarFeeds.accountId, feed.accountId)),
  ])
  return rows[0]?.token ?? feed.token
}

/** Replaces the token. The old one is not valid any more. */
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
/**
 * The entries of an account's calendar: the plans that it created or has an RSVP for and may still see, the newest ones if
 * there are more than `limit`; and its plans that were deleted recently.
 */
export const findCalendar = async (
  { orm }: Store,
  reader: Reader,
  { limit, cancelledSince }: { limit: number; cancelledSince: number },
): Promise<{ plans: Plan[]; cancelled: CancelledPlan[] }> => {
  const created = (visibility: Visibility) =>
    sql`SELECT id FROM (SELECT id FROM plans WHERE creator_id = ${reader.id} AND visibility = ${literal(visibility)} ORDER BY id DESC LIMIT ${limit})`
  const withRsvp = sql`SELECT plan_id FROM (SELECT plan_id FROM rsvps WHERE account_id = ${reader.id} ORDER BY id DESC LIMIT ${limit})`
  const [current, cancelled] = await orm.batch([
    orm
      .select(planColumns)
      .from(plans)
      .where(and(sql`plans.id IN (${sql.join([...VISIBILITIES.map(created), withRsvp], sql` UNION ALL `)})`, visibleTo(reader)))
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
  return { plans: current, cancelled }
}
