import { deletePlan, type PlanChanges, type SubscriptionPlan, updatePlan } from '../../store/subscriptions.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Changes a plan; what is left out stays. */
export const changePlan = async (
  ctx: Ctx,
  { id, ...changes }: { id: number } & PlanChanges,
): Promise<SubscriptionPlan | Refusal<'no-such-subscription' | 'ends-before-it-starts'>> => {
  const changed = await updatePlan(ctx.store, id, changes, ctx.now())
  if (changed === 'not-found') return refuse('no-such-subscription')
  return changed === 'ends-before-it-starts' ? refuse('ends-before-it-starts') : changed
}

/** Takes a plan away; who was on it has none then. */
export const removePlan = async (ctx: Ctx, id: number): Promise<null | Refusal<'no-such-subscription'>> =>
  (await deletePlan(ctx.store, id)) ? null : refuse('no-such-subscription')
