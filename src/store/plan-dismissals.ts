import { and, eq, gt, sql } from 'drizzle-orm'
import type { Reader } from '../model/account.ts'
import type { Plan } from '../model/plan.ts'
import { planColumns, visibleTo } from './plans.ts'
import type { Store } from './store.ts'
import { planDismissals, plans } from './tables/plans.ts'

const visiblePlan = (orm: Store['orm'], planId: string, reader: Reader) =>
  orm
    .select({ id: plans.id })
    .from(plans)
    .where(and(eq(plans.id, planId), visibleTo(reader)))

/** Dismisses a plan. Idempotent. False if there is no plan that the reader may see. */
export const insertPlanDismissal = async (store: Store, planId: string, reader: Reader, now: number): Promise<boolean> => {
  const { orm } = store
  const [plan] = await orm.batch([
    visiblePlan(orm, planId, reader),
    orm
      .insert(planDismissals)
      .select(
        orm
          .select({
            accountId: sql<number>`${reader.id}`.as('account_id'),
            planId: plans.id,
            createdAt: sql<number>`${now}`.as('created_at'),
          })
          .from(plans)
          .where(and(eq(plans.id, planId), visibleTo(reader))),
      )
      .onConflictDoNothing(),
  ])
  return plan.length > 0
}

/** Takes a dismissal back. Idempotent. False if there is no plan that the reader may see. */
export const deletePlanDismissal = async (store: Store, planId: string, reader: Reader): Promise<boolean> => {
  const { orm } = store
  const [plan] = await orm.batch([
    visiblePlan(orm, planId, reader),
    orm.delete(planDismissals).where(and(eq(planDismissals.accountId, reader.id), eq(planDismissals.planId, planId))),
  ])
  return plan.length > 0
}

/** The plans that the reader dismissed and may still see, oldest plan first. */
export const findDismissedPlans = (store: Store, reader: Reader, after: string, limit: number): Promise<Plan[]> =>
  store.orm
    .select(planColumns)
    .from(planDismissals)
    .crossJoin(plans) // keeps this join order: the key of plan_dismissals gives the order of the rows
    .where(
      and(
        eq(planDismissals.accountId, reader.id),
        gt(planDismissals.planId, after),
        eq(plans.id, planDismissals.planId),
        visibleTo(reader),
      ),
    )
    .orderBy(planDismissals.planId)
    .limit(limit)
