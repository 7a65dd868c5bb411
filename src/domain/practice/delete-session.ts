import { deletePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Deletes one of the caller's own practice sessions. */
export const deleteSession = async (context: MemberContext, id: number): Promise<null | Failure<'not-found'>> =>
  (await deletePracticeSession(context.store, context.actor.account.id, id)) ? null : fail('not-found')
