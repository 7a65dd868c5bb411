import { insertPracticeSession, type PracticeEntry, type PracticeSession } from '../../store/practice-sessions.ts'
import type { MemberCtx } from '../context.ts'

export type { PracticeEntry, PracticeSession }

/** Writes down that the caller has practised. */
export const recordSession = (ctx: MemberCtx, entry: PracticeEntry): Promise<PracticeSession> =>
  insertPracticeSession(ctx.store, { ...entry, accountId: ctx.actor.account.id, createdAt: ctx.now() })
