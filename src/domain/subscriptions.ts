import { CHUNK_SIZE, MAX_CHUNKS } from '../model/chunks.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import type { PlanChanges, PlanFields, SubscriptionPlan } from '../model/subscription.ts'
import { endsAfterStart } from '../model/time.ts'
import { deletePlan, findPlan, findPlans, insertPlan, updatePlan } from '../store/subscriptions.ts'
import type { MemberContext, OperatorContext, StaffContext } from './access.ts'

/** Adds a subscription plan. */
export const addPlan = async (
  context: StaffContext | OperatorContext,
  plan: PlanFields,
): Promise<Result<SubscriptionPlan, 'ends-before-it-starts'>> =>
  endsAfterStart(plan.startDate, plan.endDate) ? insertPlan(context.store, plan, context.now()) : fail('ends-before-it-starts')

/** Changes a subscription plan. Fields that are not in the input stay. */
export const changePlan = async (
  context: StaffContext,
  { id, ...changes }: { id: number } & PlanChanges,
): Promise<Result<SubscriptionPlan, 'no-such-subscription' | 'ends-before-it-starts'>> => {
  const changed = await updatePlan(context.store, id, changes, context.now())
  if (changed === 'not-found') return fail('no-such-subscription')
  return changed === 'ends-before-it-starts' ? fail('ends-before-it-starts') : changed
}

/** Deletes a subscription plan. Its subscribers have no plan afterwards. */
export const removePlan = async (context: StaffContext, id: number): Promise<Result<null, 'no-such-subscription'>> => {
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const { deleted, hasMore } = await deletePlan(context.store, id, CHUNK_SIZE)
    if (deleted) return null
    if (!hasMore) return fail('no-such-subscription')
  }
  throw new Error(`the plan ${id} has more subscribers than one request can clear: repeat it`)
}

/** Lists all subscription plans, oldest first. */
export const listPlans = (context: MemberContext, page: PageNumber, size: number): Promise<NumberedPage<SubscriptionPlan>> =>
  numberedPage(page, size, (from) => findPlans(context.store, from, size))

/** Returns one subscription plan. */
export const readPlan = async (context: MemberContext, id: number): Promise<Result<SubscriptionPlan, 'no-such-subscription'>> =>
  (await findPlan(context.store, id)) ?? fail('no-such-subscription')
