import { and, count, eq, inArray, notExists, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PageStart } from '../model/page.ts'
import { ACTIVE_PLAN, type PlanChanges, type PlanFields, type SubscriptionPlan } from '../model/subscription.ts'
import { idsOnShortPage } from './numbered-pages.ts'
import { literal, type Store } from './store.ts'
import { accounts, subscriptionPlans } from './tables/accounts.ts'

/** SQL condition: the plan is active. `plan` is the plan's name in the statement. */
export const isActivePlan = (plan: SQL = sql`plan`): SQL => sql`${plan}.status = ${literal(ACTIVE_PLAN)}`

/** SQL condition: the plan is active and has not ended. */
export const isCurrentPlan = (today: string | Placeholder, plan: SQL = sql`plan`): SQL =>
  sql`${isActivePlan(plan)} AND ${plan}.end_date >= ${today}`

export const insertPlan = async (store: Store, plan: PlanFields, now: number): Promise<SubscriptionPlan> => {
  const [created] = await store.orm
    .insert(subscriptionPlans)
    .values({ ...plan, createdAt: now, updatedAt: now })
    .returning()
  if (!created) throw new Error('an insert without a condition returned no row')
  return created
}

/** Administrators maintain this list and it stays short, so a plain count(*) is cheap enough. */
export const findPlans = async (store: Store, from: PageStart, limit: number) => {
  const { orm } = store
  const [items, [total]] = await orm.batch([
    orm
      .select()
      .from(subscriptionPlans)
      .where(inArray(subscriptionPlans.id, idsOnShortPage(subscriptionPlans, from, limit)))
      .orderBy(subscriptionPlans.id),
    orm.select({ count: count() }).from(subscriptionPlans),
  ])
  return { items, count: total?.count ?? 0 }
}

export const findPlan = async (store: Store, id: number): Promise<SubscriptionPlan | null> => {
  const [plan] = await store.orm.select().from(subscriptionPlans).where(eq(subscriptionPlans.id, id))
  return plan ?? null
}

/**
 * Changes a plan unless it would end before it starts. The UPDATE itself checks this, on the values that the row will have:
 * of two concurrent changes, one of the start and one of the end, the later one may be the one that is no longer valid.
 */
export const updatePlan = async (
  store: Store,
  id: number,
  changes: PlanChanges,
  now: number,
): Promise<SubscriptionPlan | 'not-found' | 'ends-before-it-starts'> => {
  const { orm } = store
  const start = changes.startDate ?? sql`${subscriptionPlans.startDate}`
  const end = changes.endDate ?? sql`${subscriptionPlans.endDate}`
  const changesDates = changes.startDate !== undefined || changes.endDate !== undefined
  const [existing, changed] = await orm.batch([
    orm.select({ id: subscriptionPlans.id }).from(subscriptionPlans).where(eq(subscriptionPlans.id, id)),
    orm
      .update(subscriptionPlans)
      .set({ ...changes, updatedAt: now })
      .where(and(eq(subscriptionPlans.id, id), changesDates ? sql`${start} < ${end}` : undefined))
      .returning(),
  ])
  return changed[0] ?? (existing.length === 0 ? 'not-found' : 'ends-before-it-starts')
}

/**
 * Deletes a plan after its subscribers have no plan any more: `limit` at most lose it in this call. The foreign key would clear
 * it for all of them in one statement, which would fail for very many. `hasMore`: the plan is still there for the others.
 */
export const deletePlan = async (
  { orm }: Store,
  id: number,
  limit: number,
): Promise<{ readonly deleted: boolean; readonly hasMore: boolean }> => {
  const subscribers = () => orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.subscriptionPlanId, id))
  const [cleared, deleted] = await orm.batch([
    orm
      .update(accounts)
      .set({ subscriptionPlanId: null })
      .where(inArray(accounts.id, subscribers().limit(limit))),
    orm
      .delete(subscriptionPlans)
      .where(and(eq(subscriptionPlans.id, id), notExists(subscribers())))
      .returning({ id: subscriptionPlans.id }),
  ])
  return { deleted: deleted.length > 0, hasMore: deleted.length === 0 && cleared.meta.changes === limit }
}
