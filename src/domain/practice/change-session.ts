import { type PracticeCorrection, type PracticeSession, updatePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Corrects what the caller wrote down; what is left out stays. */
export const changeSession = async (
  context: MemberContext,
  { id, ...changes }: { id: number } & PracticeCorrection,
): Promise<PracticeSession | Failure<'not-found'>> =>
  (await updatePracticeSession(context.store, context.actor.account.id, id, changes)) ?? fail('not-found')
