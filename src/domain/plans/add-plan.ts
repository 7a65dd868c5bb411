import type { Plan, PlanFields } from '../../model/plan.ts'
import { fail, type Result } from '../../model/result.ts'
import { endsAfterStart } from '../../model/time.ts'
import { insertPlan } from '../../store/plans.ts'
import type { MemberContext } from '../access.ts'
import { newObjectId } from '../object-id.ts'

/** Creates a plan. The start time is optional; if it is set, the end must be later. */
export const addPlan = async (context: MemberContext, entry: PlanFields): Promise<Result<Plan, 'ends-before-start'>> => {
  if (!endsAfterStart(entry.startTime, entry.endTime)) return fail('ends-before-start')
  const now = context.now()
  return insertPlan(context.store, { ...entry, id: newObjectId(now), creatorId: context.actor.account.id, createdAt: now })
}
