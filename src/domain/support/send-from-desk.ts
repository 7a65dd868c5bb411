import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { Context } from '../context.ts'
import type { NewMessage } from './types.ts'

/** Says something in a person's room from the desk. A room comes into being when it is spoken to, so nobody's is. */
export const sendFromDesk = async (
  context: Context,
  userId: number,
  message: NewMessage,
): Promise<{ readonly id: number } | 'slow-down' | null> => {
  const person = await findRecoveryProfile(context.store, userId)
  return person && context.support.room(userId).say({ id: userId, username: person.username }, message)
}
