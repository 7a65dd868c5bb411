import { insertPracticeSession, type PracticeEntry, type PracticeSession } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../context.ts'

export type { PracticeEntry, PracticeSession }

/** Writes down that the caller has practised. */
export const recordSession = (context: MemberContext, entry: PracticeEntry): Promise<PracticeSession> =>
  insertPracticeSession(context.store, { ...entry, accountId: context.actor.account.id, createdAt: context.now() })
