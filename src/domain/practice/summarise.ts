import { type PracticeSummary, SUMMARY_RULE } from '../../model/practice.ts'
import { isoDay } from '../../model/time.ts'
import { summarisePractice } from '../../store/practice-summary.ts'
import type { MemberContext } from '../access.ts'

/** Summarises the caller's practice sessions: totals, streaks and minutes per week. */
export const summarise = (context: MemberContext): Promise<PracticeSummary> =>
  summarisePractice(context.store, context.actor.account.id, isoDay(context.now()), SUMMARY_RULE)
