import { insertPlan, type Plan, type PlanFields, type PlanLocation } from '../../store/plans.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { newObjectId } from '../object-id.ts'

export type { Plan, PlanLocation }

/** Creates a plan. The start time is optional; if it is set, the end must be later. */
export const addPlan = async (context: MemberContext, entry: PlanFields): Promise<Plan | Failure<'ends-before-start'>> => {
  if (entry.startTime !== null && entry.startTime >= entry.endTime) return fail('ends-before-start')
  const now = context.now()
  return insertPlan(context.store, { ...entry, id: newObjectId(now), creatorId: context.actor.account.id, createdAt: now })
}
