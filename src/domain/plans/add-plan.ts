import { insertPlan, type Plan, type PlanEntry, type PlanLocation } from '../../store/plans.ts'
import type { MemberCtx } from '../context.ts'
import { newObjectId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { Plan, PlanLocation }

/** Makes a plan. It may leave open when it starts; where it says so, it ends afterwards. */
export const addPlan = async (ctx: MemberCtx, entry: PlanEntry): Promise<Plan | Refusal<'ends-before-start'>> => {
  if (entry.startTime !== null && entry.startTime >= entry.endTime) return refuse('ends-before-start')
  const now = ctx.now()
  return insertPlan(ctx.store, { ...entry, id: newObjectId(now), creatorId: ctx.actor.account.id, createdAt: now })
}
