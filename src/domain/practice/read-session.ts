import { findPracticeSession, type PracticeSession } from '../../store/practice-sessions.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** One of the caller's own sessions; a stranger's is not there. */
export const readSession = async (ctx: MemberCtx, id: number): Promise<PracticeSession | Refusal<'not-found'>> =>
  (await findPracticeSession(ctx.store, ctx.actor.account.id, id)) ?? refuse('not-found')
