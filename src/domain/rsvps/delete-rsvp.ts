import { deleteOwnRsvp as deleteOwn, deleteRsvp as deleteStored } from '../../store/rsvps.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isObjectId } from '../object-id.ts'
import { readerOf } from '../plans/reader.ts'

/** Takes an answer back: one's own, one to one's own plan, or any for staff. */
export const deleteRsvp = async (
  context: MemberContext,
  id: string,
): Promise<null | Failure<'invalid-id' | 'rsvp-not-found' | 'may-not-delete-rsvp'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const came = await deleteStored(context.store, id, readerOf(context.actor.account))
  if (came === 'deleted') return null
  return fail(came === 'not-theirs' ? 'may-not-delete-rsvp' : 'rsvp-not-found')
}

/** Takes the caller's own answer to a plan back, whether they may still see that plan or not. */
export const deleteOwnRsvp = async (context: MemberContext, planId: string): Promise<null | Failure<'invalid-id' | 'rsvp-not-found'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  return (await deleteOwn(context.store, planId, context.actor.account.id)) ? null : fail('rsvp-not-found')
}
