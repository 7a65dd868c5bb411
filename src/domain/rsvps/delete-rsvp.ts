import { deleteOwnRsvp as deleteOwn, deleteRsvp as deleteStored } from '../../store/rsvps.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId } from '../object-id.ts'
import { readerOf } from '../plans/reader.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Takes an answer back: one's own, one to one's own plan, or any for staff. */
export const deleteRsvp = async (
  ctx: MemberCtx,
  id: string,
): Promise<null | Refusal<'invalid-id' | 'rsvp-not-found' | 'may-not-delete-rsvp'>> => {
  if (!isObjectId(id)) return refuse('invalid-id')
  const came = await deleteStored(ctx.store, id, readerOf(ctx.actor.account))
  if (came === 'deleted') return null
  return refuse(came === 'not-theirs' ? 'may-not-delete-rsvp' : 'rsvp-not-found')
}

/** Takes the caller's own answer to a plan back, whether they may still see that plan or not. */
export const deleteOwnRsvp = async (ctx: MemberCtx, planId: string): Promise<null | Refusal<'invalid-id' | 'rsvp-not-found'>> => {
  if (!isObjectId(planId)) return refuse('invalid-id')
  return (await deleteOwn(ctx.store, planId, ctx.actor.account.id)) ? null : refuse('rsvp-not-found')
}
