import type { OutboxCursor, OutboxMessage } from '../../model/outbox.ts'
import { type Page, pageOf } from '../../model/page.ts'
import type { MemberReport } from '../../model/report.ts'
import type { AlarmSummary, InboxPage, InboxQuery } from '../../model/support.ts'
import { findOutbox } from '../../store/alarms.ts'
import { insertAuditEntry } from '../../store/audit.ts'
import { findReports } from '../../store/blocks.ts'
import type { StaffContext } from '../access.ts'
import { auditEntry } from '../audit.ts'

const MAX_ALARMS = 200

/** The rooms, most urgent first, and how many there are. */
export const readInbox = async (context: StaffContext, query: Omit<InboxQuery, 'staffId'>): Promise<InboxPage> => {
  await insertAuditEntry(context.store, auditEntry(context, 'inbox-read', null))
  const { id: staffId } = context.actor.account
  return context.support.desk(staffId).inbox({ ...query, staffId })
}

/** The alarms, newest first. */
export const readAlarms = async (context: StaffContext): Promise<readonly AlarmSummary[]> => {
  await insertAuditEntry(context.store, auditEntry(context, 'all-alarms-read', null))
  return context.support.desk(context.actor.account.id).alarms(MAX_ALARMS)
}

/** Messages that were stored because no provider is configured, newest first. */
export const readOutbox = async (
  context: StaffContext,
  from: OutboxCursor | null,
  limit: number,
): Promise<Page<OutboxMessage, OutboxCursor>> =>
  pageOf(await findOutbox(context.store, from, limit + 1, auditEntry(context, 'outbox-read', null)), limit, ({ createdAt, key }) => ({
    createdAt,
    key,
  }))

/** Reports that members made about other members, newest first. */
export const readReports = async (context: StaffContext, before: number | null, limit: number): Promise<Page<MemberReport, number>> =>
  pageOf(await findReports(context.store, before, limit + 1), limit, ({ id }) => id)
