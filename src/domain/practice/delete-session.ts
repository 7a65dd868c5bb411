import { fail, type Result } from '../../model/result.ts'
import { deletePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../access.ts'

/** Deletes one of the caller's own practice sessions. */
export const deleteSession = async (context: MemberContext, id: number): Promise<Result<null, 'not-found'>> =>
  (await deletePracticeSession(context.store, context.actor.account.id, id)) ? null : fail('not-found')
