import { isObjectId } from '../model/object-id.ts'
import { type Page, pageOf } from '../model/page.ts'
import type { Plan, PlanChanges, PlanCursor, PlanFields, PlanScope } from '../model/plan.ts'
import { fail, type Result } from '../model/result.ts'
import { endsAfterStart, LATEST_TIME } from '../model/time.ts'
import { deletePlan as deleteStored, findPlan, findPlans, insertPlan, updatePlan } from '../store/plans.ts'
import type { MemberContext } from './access.ts'
import { newObjectId } from './object-id.ts'
import { readerOf } from './reader.ts'

/** Creates a plan. The start time is optional; if it is set, the end must be later. */
export const addPlan = async (context: MemberContext, entry: PlanFields): Promise<Result<Plan, 'ends-before-start'>> => {
  if (!endsAfterStart(entry.startTime, entry.endTime)) return fail('ends-before-start')
  const now = context.now()
  return insertPlan(context.store, { ...entry, id: newObjectId(now), creatorId: context.actor.account.id, createdAt: now })
}

/** Returns one plan. For an account that may not see it, the failure is `plan-not-found`. */
export const readPlan = async (context: MemberContext, id: string): Promise<Result<Plan, 'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  return (await findPlan(context.store, id, readerOf(context.actor.account))) ?? fail('plan-not-found')
}

export interface PlanQuery {
  /** Both are inclusive. With either, the list holds only plans with a start time, sorted by it. */
  readonly from: number | null
  readonly to: number | null
  readonly scope: PlanScope
  readonly after: PlanCursor | null
  readonly limit: number
}

/**
 * Lists the plans that the caller may see and has not dismissed, oldest first. With `from` or `to`, the plan that starts first comes first: a
 * time range is read along the index on the start time. Otherwise a page would also cost the rows outside of the range.
 */
export const listPlans = async (context: MemberContext, { from, to, scope, after, limit }: PlanQuery): Promise<Page<Plan, PlanCursor>> => {
  const rows = await findPlans(context.store, {
    accountId: context.actor.account.id,
    scope,
    after: after ?? { start: from ?? -LATEST_TIME, id: '' },
    until: from === null && to === null ? null : (to ?? LATEST_TIME),
    limit: limit + 1,
  })
  return pageOf(rows, limit, ({ id, startTime }) => ({ start: startTime ?? 0, id }))
}

/** Changes a plan. Its creator may, and so may staff. Fields that are not in the input stay. */
export const changePlan = async (
  context: MemberContext,
  { id, ...changes }: { id: string } & PlanChanges,
): Promise<Result<Plan, 'invalid-id' | 'plan-not-found' | 'may-not-edit-plan' | 'ends-before-start' | 'capacity-below-rsvps'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const reader = readerOf(context.actor.account)
  const { plan, before } = await updatePlan(context.store, id, reader, changes, context.now())
  if (plan) return plan
  if (!before) return fail('plan-not-found')
  if (before.creatorId !== reader.id && !reader.isStaff) return fail('may-not-edit-plan')
  const { startTime = before.startTime, endTime = before.endTime } = changes
  if (!endsAfterStart(startTime, endTime)) return fail('ends-before-start')
  return fail('capacity-below-rsvps', { taken: before.rsvpCount })
}

/** Cancels a plan. Its creator may, and so may staff. Its RSVPs are deleted with it. */
export const deletePlan = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'invalid-id' | 'plan-not-found' | 'may-not-delete-plan'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const { deleted, before } = await deleteStored(context.store, id, readerOf(context.actor.account), context.now())
  if (deleted) return null
  return fail(before ? 'may-not-delete-plan' : 'plan-not-found')
}
