import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { Ctx } from '../context.ts'
import type { NewMessage } from './words.ts'

/** Says something in a person's room from the desk. A room comes into being when it is spoken to, so nobody's is. */
export const sayFromDesk = async (ctx: Ctx, userId: number, message: NewMessage): Promise<{ readonly id: number } | 'slow-down' | null> => {
  const person = await findRecoveryProfile(ctx.store, userId)
  return person && ctx.support.room(userId).say({ id: userId, username: person.username }, message)
}
