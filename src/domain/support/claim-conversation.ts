import { fail, type Result } from '../../model/result.ts'
import type { QueueReturn } from '../../model/silent-holder.ts'
import type { PersonRef } from '../../model/support.ts'
import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext, StaffContext } from '../access.ts'

/**
 * Claims a conversation for the caller, so that other staff see who answers. Of two claims at the same time the room
 * accepts one.
 */
export const claimConversation = async (
  context: StaffContext,
  userId: number,
): Promise<Result<PersonRef, 'not-found' | 'already-claimed'>> => {
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  const { id, username } = await context.actor.load()
  const claimedBy = await context.support.room(userId).claim({ id: userId, username: person.username }, { id, username })
  return claimedBy.id === id ? claimedBy : fail('already-claimed', { username: claimedBy.username })
}

/** Releases a claim. Any staff member may: the one who has the claim may be off duty. */
export const releaseConversation = async (context: StaffContext, userId: number): Promise<Result<null, 'not-found'>> => {
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  await context.support.room(userId).release({ id: userId, username: person.username })
  return null
}

const MAX_RETURNS = 100

/** When the conversation went back to the queue, because its holder was silent. */
export const readQueueReturns = async (context: StaffContext, userId: number): Promise<Result<readonly QueueReturn[], 'not-found'>> =>
  (await findRecoveryProfile(context.store, userId)) ? context.support.room(userId).returns(MAX_RETURNS) : fail('not-found')

/** When the caller's own conversation went back to the queue. Who held it is for staff only. */
export const readOwnQueueReturns = async (context: MemberContext): Promise<readonly number[]> => {
  const { id } = await context.actor.load()
  return (await context.support.room(id).returns(MAX_RETURNS)).map(({ at }) => at)
}
