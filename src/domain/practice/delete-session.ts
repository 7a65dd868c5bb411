import { deletePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Strikes out one of the caller's own sessions. */
export const deleteSession = async (ctx: MemberCtx, id: number): Promise<null | Refusal<'not-found'>> =>
  (await deletePracticeSession(ctx.store, ctx.actor.account.id, id)) ? null : refuse('not-found')
