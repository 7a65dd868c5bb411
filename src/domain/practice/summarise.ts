import type { PracticeSummary } from '../../model/practice.ts'
import { summarisePractice } from '../../store/practice-summary.ts'
import type { MemberContext } from '../access.ts'
import { dayOf } from '../sessions/credentials.ts'

/** Summarises the caller's practice sessions: totals, streaks and minutes per week. */
export const summarise = (context: MemberContext): Promise<PracticeSummary> =>
  summarisePractice(context.store, context.actor.account.id, dayOf(context.now()))
