import type { NewMessage, StoreAnswer } from '../../model/support.ts'
import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { SystemContext } from '../access.ts'

/**
 * Sends a message to a person's room from the desk. A Durable Object is created by the first call to it, so the person is
 * looked up first: no room is created for an id that does not exist.
 */
export const sendFromDesk = async (context: SystemContext, userId: number, message: NewMessage): Promise<StoreAnswer | null> => {
  const person = await findRecoveryProfile(context.store, userId)
  return person && context.support.room(userId).storeMessage({ id: userId, username: person.username }, message)
}
