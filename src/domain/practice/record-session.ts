import type { PracticeSession, PracticeSessionFields } from '../../model/practice.ts'
import { insertPracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../access.ts'

/** Records a practice session of the caller. */
export const recordSession = (context: MemberContext, entry: PracticeSessionFields): Promise<PracticeSession> =>
  insertPracticeSession(context.store, { ...entry, accountId: context.actor.account.id, createdAt: context.now() })
