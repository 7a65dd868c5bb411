import { fail, type Result } from '../../model/result.ts'
import type { PlanChanges, SubscriptionPlan } from '../../model/subscription.ts'
import { deletePlan, updatePlan } from '../../store/subscriptions.ts'
import type { StaffContext } from '../access.ts'

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
export const removePlan = async (context: StaffContext, id: number): Promise<Result<null, 'no-such-subscription'>> =>
  (await deletePlan(context.store, id)) ? null : fail('no-such-subscription')
