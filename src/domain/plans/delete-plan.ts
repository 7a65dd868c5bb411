import { isObjectId } from '../../model/object-id.ts'
import { fail, type Result } from '../../model/result.ts'
import { deletePlan as deleteStored } from '../../store/plans.ts'
import type { MemberContext } from '../access.ts'
import { readerOf } from './reader.ts'

/** Cancels a plan. Its creator may, and so may staff. Its RSVPs are deleted with it. */
export const deletePlan = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'invalid-id' | 'plan-not-found' | 'may-not-delete-plan'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const { deleted, before } = await deleteStored(context.store, id, readerOf(context.actor.account), context.now())
  if (deleted) return null
  return fail(before ? 'may-not-delete-plan' : 'plan-not-found')
}
