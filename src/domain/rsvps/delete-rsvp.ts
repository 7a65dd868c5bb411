import { isObjectId } from '../../model/object-id.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteOwnRsvp as deleteOwn, deleteRsvp as deleteStored } from '../../store/rsvps.ts'
import type { MemberContext } from '../access.ts'
import { readerOf } from '../plans/reader.ts'

/** Deletes an RSVP. Its owner may, and so may the plan's creator and staff. */
export const deleteRsvp = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'invalid-id' | 'rsvp-not-found' | 'may-not-delete-rsvp'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const outcome = await deleteStored(context.store, id, readerOf(context.actor.account))
  if (outcome === 'deleted') return null
  return fail(outcome === 'not-theirs' ? 'may-not-delete-rsvp' : 'rsvp-not-found')
}

/** Deletes the caller's own RSVP to a plan, even if the caller may no longer see the plan. */
export const deleteOwnRsvp = async (context: MemberContext, planId: string): Promise<Result<null, 'invalid-id' | 'rsvp-not-found'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  return (await deleteOwn(context.store, planId, context.actor.account.id)) ? null : fail('rsvp-not-found')
}
