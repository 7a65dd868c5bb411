import { findPracticeSession, type PracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Returns one of the caller's own practice sessions. For another account's session, the failure is `not-found`. */
export const readSession = async (context: MemberContext, id: number): Promise<PracticeSession | Failure<'not-found'>> =>
  (await findPracticeSession(context.store, context.actor.account.id, id)) ?? fail('not-found')
