import type { PracticeSession, PracticeSessionChanges } from '../../model/practice.ts'
import { fail, type Result } from '../../model/result.ts'
import { updatePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../access.ts'

/** Changes one of the caller's practice sessions. Fields that are not in the input stay. */
export const changeSession = async (
  context: MemberContext,
  { id, ...changes }: { id: number } & PracticeSessionChanges,
): Promise<Result<PracticeSession, 'not-found'>> =>
  (await updatePracticeSession(context.store, context.actor.account.id, id, changes)) ?? fail('not-found')
