import { type Page, pageOf } from '../model/page.ts'
import {
  type PracticeCursor,
  type PracticeSession,
  type PracticeSessionChanges,
  type PracticeSessionFields,
  type PracticeSummary,
  SUMMARY_RULE,
} from '../model/practice.ts'
import { fail, type Result } from '../model/result.ts'
import { isoDay } from '../model/time.ts'
import {
  deletePracticeSession,
  findPracticeSession,
  findPracticeSessions,
  insertPracticeSession,
  updatePracticeSession,
} from '../store/practice-sessions.ts'
import { summarisePractice } from '../store/practice-summary.ts'
import type { MemberContext } from './access.ts'

/** Records a practice session of the caller. */
export const recordSession = (context: MemberContext, entry: PracticeSessionFields): Promise<PracticeSession> =>
  insertPracticeSession(context.store, { ...entry, accountId: context.actor.account.id, createdAt: context.now() })

/** Lists the caller's practice sessions, latest day first. */
export const listSessions = async (
  context: MemberContext,
  { after, limit }: { after: PracticeCursor | null; limit: number },
): Promise<Page<PracticeSession, PracticeCursor>> => {
  const rows = await findPracticeSessions(context.store, context.actor.account.id, after, limit + 1)
  return pageOf(rows, limit, ({ date, id }) => ({ date, id }))
}

/** Returns one of the caller's own practice sessions. For another account's session, the failure is `not-found`. */
export const readSession = async (context: MemberContext, id: number): Promise<Result<PracticeSession, 'not-found'>> =>
  (await findPracticeSession(context.store, context.actor.account.id, id)) ?? fail('not-found')

/** Changes one of the caller's practice sessions. Fields that are not in the input stay. */
export const changeSession = async (
  context: MemberContext,
  { id, ...changes }: { id: number } & PracticeSessionChanges,
): Promise<Result<PracticeSession, 'not-found'>> =>
  (await updatePracticeSession(context.store, context.actor.account.id, id, changes)) ?? fail('not-found')

/** Deletes one of the caller's own practice sessions. */
export const deleteSession = async (context: MemberContext, id: number): Promise<Result<null, 'not-found'>> =>
  (await deletePracticeSession(context.store, context.actor.account.id, id)) ? null : fail('not-found')

/** Summarises the caller's practice sessions: totals, streaks and minutes per week. */
export const summarise = (context: MemberContext): Promise<PracticeSummary> =>
  summarisePractice(context.store, context.actor.account.id, isoDay(context.now()), SUMMARY_RULE)
