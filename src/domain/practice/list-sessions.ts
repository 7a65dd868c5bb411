import { type Page, pageOf } from '../../model/page.ts'
import type { PracticeCursor, PracticeSession } from '../../model/practice.ts'
import { findPracticeSessions } from '../../store/practice-sessions.ts'
import type { MemberContext } from '../access.ts'

/** Lists the caller's practice sessions, latest day first. */
export const listSessions = async (
  context: MemberContext,
  { after, limit }: { after: PracticeCursor | null; limit: number },
): Promise<Page<PracticeSession, PracticeCursor>> => {
  const rows = await findPracticeSessions(context.store, context.actor.account.id, after, limit + 1)
  return pageOf(rows, limit, ({ date, id }) => ({ date, id }))
}
