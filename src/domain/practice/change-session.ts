import { type PracticeCorrection, type PracticeSession, updatePracticeSession } from '../../store/practice-sessions.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Corrects what the caller wrote down; what is left out stays. */
export const changeSession = async (
  ctx: MemberCtx,
  { id, ...changes }: { id: number } & PracticeCorrection,
): Promise<PracticeSession | Refusal<'not-found'>> =>
  (await updatePracticeSession(ctx.store, ctx.actor.account.id, id, changes)) ?? refuse('not-found')
