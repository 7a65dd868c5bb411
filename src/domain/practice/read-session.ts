import type { PracticeSession } from '../../model/practice.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../access.ts'

/** Returns one of the caller's own practice sessions. For another account's session, the failure is `not-found`. */
export const readSession = async (context: MemberContext, id: number): Promise<Result<PracticeSession, 'not-found'>> =>
  (await findPracticeSession(context.store, context.actor.account.id, id)) ?? fail('not-found')
