import { deletePlan, type PlanChanges, type SubscriptionPlan, updatePlan } from '../../store/subscriptions.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Changes a plan; what is left out stays. */
export const changePlan = async (
  context: Context,
  { id, ...changes }: { id: number } & PlanChanges,
): Promise<SubscriptionPlan | Failure<'no-such-subscription' | 'ends-before-it-starts'>> => {
  const changed = await updatePlan(context.store, id, changes, context.now())
  if (changed === 'not-found') return fail('no-such-subscription')
  return changed === 'ends-before-it-starts' ? fail('ends-before-it-starts') : changed
}

/** Takes a plan away; who was on it has none then. */
export const removePlan = async (context: Context, id: number): Promise<null | Failure<'no-such-subscription'>> =>
  (await deletePlan(context.store, id)) ? null : fail('no-such-subscription')
