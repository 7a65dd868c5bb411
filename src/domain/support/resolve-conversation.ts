import { fail, type Result } from '../../model/result.ts'
import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { StaffContext } from '../access.ts'

/**
 * Marks a conversation as finished and releases its claim. `seen` is the last message that the caller has on the screen: a
 * message that the person writes at the same moment is not resolved unseen. The room decides, so of the two the one that it
 * stores first counts.
 */
export const resolveConversation = async (
  context: StaffContext,
  userId: number,
  seen: number,
): Promise<Result<null, 'not-found' | 'new-messages'>> => {
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  const { id, username } = await context.actor.load()
  const isResolved = await context.support.room(userId).resolve({ id: userId, username: person.username }, { id, username }, seen)
  return isResolved ? null : fail('new-messages')
}

export const reopenConversation = async (context: StaffContext, userId: number): Promise<Result<null, 'not-found'>> => {
  const person = await findRecoveryProfile(context.store, userId)
  if (!person) return fail('not-found')
  await context.support.room(userId).reopen({ id: userId, username: person.username })
  return null
}
