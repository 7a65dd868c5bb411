import { findSubscribablePlan } from '../../store/accounts.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { dayOf } from '../sessions/credentials.ts'

/** Whether a plan may be chosen: it is there, active, and not over. No plan always may. */
export const checkPlan = async (ctx: Ctx, planId: number | null | undefined): Promise<null | Refusal<'no-such-plan'>> => {
  if (planId === null || planId === undefined) return null
  return (await findSubscribablePlan(ctx.store, planId, dayOf(ctx.now()))) ? null : refuse('no-such-plan')
}
