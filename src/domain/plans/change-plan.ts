import { type Plan, type PlanChanges, updatePlan } from '../../store/plans.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readerOf } from './reader.ts'

/** Changes a plan: its creator's, or any for staff. What is left out stays. */
export const changePlan = async (
  ctx: MemberCtx,
  { id, ...changes }: { id: string } & PlanChanges,
): Promise<Plan | Refusal<'invalid-id' | 'plan-not-found' | 'may-not-edit-plan' | 'ends-before-start' | 'too-few-seats'>> => {
  if (!isObjectId(id)) return refuse('invalid-id')
  const reader = readerOf(ctx.actor.account)
  const { plan, before } = await updatePlan(ctx.store, id, reader, changes, ctx.now())
  if (plan) return plan
  if (!before) return refuse('plan-not-found')
  if (before.creatorId !== reader.id && !reader.isStaff) return refuse('may-not-edit-plan')
  const { startTime = before.startTime, endTime = before.endTime } = changes
  if (startTime !== null && startTime >= endTime) return refuse('ends-before-start')
  return refuse('too-few-seats', { taken: before.answers })
}
