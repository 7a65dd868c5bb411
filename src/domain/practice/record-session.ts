import { insertPracticeSession, type PracticeSession, type PracticeSessionFields } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'

export type { PracticeSession, PracticeSessionFields }

/** Records a practice session of the caller. */
export const recordSession = (context: MemberContext, entry: PracticeSessionFields): Promise<PracticeSession> =>
  insertPracticeSession(context.store, { ...entry, accountId: context.actor.account.id, createdAt: context.now() })
