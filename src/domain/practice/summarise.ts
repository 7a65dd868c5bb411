import { type PracticeSummary, summarisePractice } from '../../store/practice-summary.ts'
import type { MemberCtx } from '../context.ts'
import { dayOf } from '../sessions/credentials.ts'

/** What the caller's practice comes to. */
export const summarise = (ctx: MemberCtx): Promise<PracticeSummary> => summarisePractice(ctx.store, ctx.actor.account.id, dayOf(ctx.now()))
