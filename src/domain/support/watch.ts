import { findOutbox, type OutboxCursor, type OutboxMessage } from '../../store/alarms.ts'
import { findReports, type MemberReport } from '../../store/blocks.ts'
import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { type Page, pageOf } from '../page.ts'
import { openDesk } from './open-desk.ts'
import type { AlarmSummary, InboxCursor, InboxPage } from './types.ts'

/** What staff read about all people together. */

export type { MemberReport, OutboxMessage }

type ForStaff<T> = Promise<T | Failure<'forbidden'>>

const MAX_ALARMS = 200

/** The rooms, most urgent first. */
export const readInbox = async (context: MemberContext, from: InboxCursor | null, limit: number): ForStaff<InboxPage> =>
  openDesk(context) ?? context.support.desk(context.actor.account.id).inbox(from, limit)

/** The alarms, newest first. */
export const readAlarms = async (context: MemberContext): ForStaff<readonly AlarmSummary[]> =>
  openDesk(context) ?? context.support.desk(context.actor.account.id).alarms(MAX_ALARMS)

/** Messages that were stored because no provider is configured, newest first. */
export const readOutbox = async (
  context: MemberContext,
  from: OutboxCursor | null,
  limit: number,
): ForStaff<Page<OutboxMessage, OutboxCursor>> => {
  const failure = openDesk(context)
  if (failure instanceof Failure) return failure
  return pageOf(await findOutbox(context.store, from, limit + 1), limit, ({ createdAt, key }) => ({ createdAt, key }))
}

/** Reports that members made about other members, newest first. */
export const readReports = async (context: MemberContext, before: number | null, limit: number): ForStaff<Page<MemberReport, number>> => {
  const failure = openDesk(context)
  if (failure instanceof Failure) return failure
  return pageOf(await findReports(context.store, before, limit + 1), limit, ({ id }) => id)
}
