import { findOutbox, type OutboxCursor, type OutboxMessage } from '../../store/alarms.ts'
import { findReports, type MemberReport } from '../../store/blocks.ts'
import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { type Page, pageOf } from '../page.ts'
import { openDesk } from './open-desk.ts'
import type { AlarmLine, InboxCursor, InboxPage } from './types.ts'

/** What staff see of everybody at once. */

export type { MemberReport, OutboxMessage }

type ForStaff<T> = Promise<T | Failure<'not-yours'>>

const ALARMS_SHOWN = 200

/** The rooms, by who needs help most. */
export const readInbox = async (context: MemberContext, from: InboxCursor | null, limit: number): ForStaff<InboxPage> =>
  openDesk(context) ?? context.support.desk(context.actor.account.id).inbox(from, limit)

/** The alarms, the newest first. */
export const readAlarms = async (context: MemberContext): ForStaff<readonly AlarmLine[]> =>
  openDesk(context) ?? context.support.desk(context.actor.account.id).alarms(ALARMS_SHOWN)

/** What would have been sent to somebody, had there been a provider; the newest first. */
export const readOutbox = async (
  context: MemberContext,
  from: OutboxCursor | null,
  limit: number,
): ForStaff<Page<OutboxMessage, OutboxCursor>> => {
  const refused = openDesk(context)
  if (refused instanceof Failure) return refused
  return pageOf(await findOutbox(context.store, from, limit + 1), limit, ({ createdAt, key }) => ({ createdAt, key }))
}

/** What members have reported of each other, the newest first. */
export const readReports = async (context: MemberContext, before: number | null, limit: number): ForStaff<Page<MemberReport, number>> => {
  const refused = openDesk(context)
  if (refused instanceof Failure) return refused
  return pageOf(await findReports(context.store, before, limit + 1), limit, ({ id }) => id)
}
