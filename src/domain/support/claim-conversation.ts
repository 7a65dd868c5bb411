import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { openDesk } from './open-desk.ts'
import type { PersonRef } from './types.ts'

/** Takes a conversation, so that others see that somebody has it. Of two at once the room lets one have it. */
export const claimConversation = async (
  context: MemberContext,
  userId: number,
): Promise<PersonRef | Failure<'not-yours' | 'not-found'> | Failure<'taken-by'>> => {
  const refused = openDesk(context)
  if (refused) return refused
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  const { id, username } = context.actor.account
  const holder = await context.support.room(userId).take({ id: userId, username: person.username }, { id, username })
  return holder.id === id ? holder : fail('taken-by', { username: holder.username })
}

/** Gives it back. Any staff may: whoever took it may have gone home. */
export const releaseConversation = async (context: MemberContext, userId: number): Promise<null | Failure<'not-yours' | 'not-found'>> => {
  const refused = openDesk(context)
  if (refused) return refused
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  await context.support.room(userId).release({ id: userId, username: person.username })
  return null
}
