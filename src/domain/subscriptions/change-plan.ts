import { deletePlan, type PlanChanges, type SubscriptionPlan, updatePlan } from '../../store/subscriptions.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Changes a subscription plan. Fields that are not in the input stay. */
export const changePlan = async (
  context: Context,
  { id, ...changes }: { id: number } & PlanChanges,
): Promise<SubscriptionPlan | Failure<'no-such-subscription' | 'ends-before-it-starts'>> => {
  const changed = await updatePlan(context.store, id, changes, context.now())
  if (changed === 'not-found') return fail('no-such-subscription')
  return changed === 'ends-before-it-starts' ? fail('ends-before-it-starts') : changed
}

/** Deletes a subscription plan. Its subscribers have no plan afterwards. */
export const removePlan = async (context: Context, id: number): Promise<null | Failure<'no-such-subscription'>> =>
  (await deletePlan(context.store, id)) ? null : fail('no-such-subscription')
