import { isObjectId } from '../../model/object-id.ts'
import type { Plan } from '../../model/plan.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPlan } from '../../store/plans.ts'
import type { MemberContext } from '../access.ts'
import { readerOf } from './reader.ts'

/** Returns one plan. For an account that may not see it, the failure is `plan-not-found`. */
export const readPlan = async (context: MemberContext, id: string): Promise<Result<Plan, 'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  return (await findPlan(context.store, id, readerOf(context.actor.account))) ?? fail('plan-not-found')
}
