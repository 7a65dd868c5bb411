import type { FormerMessage, StoredMessage } from '../../model/support.ts'
import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { OperatorContext } from '../access.ts'

/**
 * Stores messages of a former server in a person's room. Null if there is no such account: it may have been erased since the
 * import began, and a call to a room creates it.
 */
export const addFormerMessages = async (
  context: OperatorContext,
  accountId: number,
  messages: readonly FormerMessage[],
): Promise<readonly (StoredMessage | null)[] | null> => {
  const person = await findRecoveryProfile(context.store, accountId)
  return person && context.support.room(accountId).addFormer({ id: accountId, username: person.username }, messages)
}

/** Removes them again. False if the room was used since. The room of an account that does not exist is erased. */
export const removeFormerMessages = async (context: OperatorContext, accountId: number, clientIds: readonly string[]): Promise<boolean> => {
  const room = context.support.room(accountId)
  if (await findRecoveryProfile(context.store, accountId)) return room.removeFormer(clientIds)
  await room.erase()
  return true
}
