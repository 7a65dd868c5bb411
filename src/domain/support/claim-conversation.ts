import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { openDesk } from './open-desk.ts'
import type { PersonRef } from './types.ts'

/**
 * Claims a conversation for the caller, so that other staff see who answers. Of two claims at the same time the room
 * accepts one.
 */
export const claimConversation = async (
  context: MemberContext,
  userId: number,
): Promise<PersonRef | Failure<'forbidden' | 'not-found'> | Failure<'already-claimed'>> => {
  const failure = openDesk(context)
  if (failure) return failure
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  const { id, username } = context.actor.account
  const claimedBy = await context.support.room(userId).claim({ id: userId, username: person.username }, { id, username })
  return claimedBy.id === id ? claimedBy : fail('already-claimed', { username: claimedBy.username })
}

/** Releases a claim. Any staff member may: the one who has the claim may be off duty. */
export const releaseConversation = async (context: MemberContext, userId: number): Promise<null | Failure<'forbidden' | 'not-found'>> => {
  const failure = openDesk(context)
  if (failure) return failure
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  await context.support.room(userId).release({ id: userId, username: person.username })
  return null
}
