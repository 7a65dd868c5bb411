import { type PracticeSession, type PracticeSessionChanges, updatePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Changes one of the caller's practice sessions. Fields that are not in the input stay. */
export const changeSession = async (
  context: MemberContext,
  { id, ...changes }: { id: number } & PracticeSessionChanges,
): Promise<PracticeSession | Failure<'not-found'>> =>
  (await updatePracticeSession(context.store, context.actor.account.id, id, changes)) ?? fail('not-found')
