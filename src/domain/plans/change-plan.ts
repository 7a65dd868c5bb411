import { isObjectId } from '../../model/object-id.ts'
import type { Plan, PlanChanges } from '../../model/plan.ts'
import { fail, type Result } from '../../model/result.ts'
import { endsAfterStart } from '../../model/time.ts'
import { updatePlan } from '../../store/plans.ts'
import type { MemberContext } from '../access.ts'
import { readerOf } from './reader.ts'

/** Changes a plan. Its creator may, and so may staff. Fields that are not in the input stay. */
export const changePlan = async (
  context: MemberContext,
  { id, ...changes }: { id: string } & PlanChanges,
): Promise<Result<Plan, 'invalid-id' | 'plan-not-found' | 'may-not-edit-plan' | 'ends-before-start' | 'capacity-below-rsvps'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const reader = readerOf(context.actor.account)
  const { plan, before } = await updatePlan(context.store, id, reader, changes, context.now())
  if (plan) return plan
  if (!before) return fail('plan-not-found')
  if (before.creatorId !== reader.id && !reader.isStaff) return fail('may-not-edit-plan')
  const { startTime = before.startTime, endTime = before.endTime } = changes
  if (!endsAfterStart(startTime, endTime)) return fail('ends-before-start')
  return fail('capacity-below-rsvps', { taken: before.rsvpCount })
}
