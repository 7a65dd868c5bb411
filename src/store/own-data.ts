import { and, asc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { NewAuditEntry } from '../model/audit.ts'
import { auditInsertIfAccount } from './audit.ts'
import { isReceivedBy } from './notifications.ts'
import type { Store } from './store.ts'
import { accounts, facilityProfiles, meetupProfiles, practiceProfiles, subscriptionPlans } from './tables/accounts.ts'
import { alarmHistories, openAlarms, outbox } from './tables/alarms.ts'
import { assistantTurns } from './tables/assistant.ts'
import { calendarFeeds, cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'
import { contractNames } from './tables/contract-names.ts'
import { credentials, loginNetworks } from './tables/credentials.ts'
import { friendRecords, friendRequestCounts } from './tables/friends.ts'
import { blocks, matches, matchPreferences, matrimonyProfiles, memberReports } from './tables/matrimony.ts'
import { announcementGaps, announcementReads, announcements, directMessages, notifications } from './tables/messages.ts'
import { passkeys } from './tables/passkeys.ts'
import { planDismissals, plans, rsvps } from './tables/plans.ts'
import { practiceSessions } from './tables/practice.ts'
import { quotaUses } from './tables/quotas.ts'
import { emergencyContacts, recoveryProfiles, therapists } from './tables/recovery.ts'
import { socketUsers } from './tables/support.ts'

/** The rows of one table that belong to an account. */
interface Section {
  readonly name: string
  /** The column that refers to the account. */
  readonly owner: SQLiteColumn
  /** The order of the rows. An index begins with `owner` and continues with these columns. Empty if an account has one row at most. */
  readonly order: readonly SQLiteColumn[]
  readonly columns: readonly SQLiteColumn[]
  /** The table that further columns come from, and how it is joined. */
  readonly joined: { readonly table: SQLiteTable; readonly on: SQL } | null
}

const columnsOf = (table: SQLiteTable): SQLiteColumn[] => Object.values<SQLiteColumn>(getTableColumns(table))

const section = (
  name: string,
  owner: SQLiteColumn,
  order: readonly SQLiteColumn[] = [],
  omitted: readonly SQLiteColumn[] = [],
): Section => ({
  name,
  owner,
  order,
  columns: columnsOf(owner.table).filter((column) => !omitted.includes(column)),
  joined: null,
})

/** Generated from the two ids of the record. */
const PAIR = [friendRecords.lowId, friendRecords.highId]

/** What a person gets a copy of. Left out are secrets, copies of other columns, and the rows that belong to another account. */
export const OWN_SECTIONS: readonly Section[] = [
  section('account', accounts.id, [], [accounts.password, accounts.usernameKey, accounts.emailKey]),
  {
    name: 'subscription_plan',
    owner: accounts.id,
    order: [],
    columns: columnsOf(subscriptionPlans),
    joined: { table: subscriptionPlans, on: eq(subscriptionPlans.id, accounts.subscriptionPlanId) },
  },
  section('practice_profile', practiceProfiles.accountId),
  section('facility_profile', facilityProfiles.accountId),
  section('meetup_profile', meetupProfiles.accountId),
  section('matrimony_profile', matrimonyProfiles.accountId),
  section('match_preferences', matchPreferences.accountId),
  section('recovery_profile', recoveryProfiles.accountId),
  section('calendar_feed', calendarFeeds.accountId, [], [calendarFeeds.token]),
  section('friend_request_count', friendRequestCounts.accountId),
  section('open_alarm', openAlarms.accountId),
  section('alarm_history', alarmHistories.accountId),
  section('socket_user', socketUsers.accountId),
  section('contract_names', contractNames.accountId, [contractNames.contract], [contractNames.nameKey]),
  section('credentials', credentials.accountId, [credentials.createdAt, credentials.id]),
  section('passkeys', passkeys.accountId, [passkeys.createdAt, passkeys.id]),
  section('login_networks', loginNetworks.accountId, [loginNetworks.network]),
  section('quota_uses', quotaUses.accountId, [quotaUses.quota]),
  section('practice_sessions', practiceSessions.accountId, [practiceSessions.date, practiceSessions.id]),
  section('emergency_contacts', emergencyContacts.accountId, [emergencyContacts.id]),
  section('therapists', therapists.accountId, [therapists.id]),
  section('assistant_turns', assistantTurns.accountId, [assistantTurns.id]),
  section('outbox', outbox.accountId, [outbox.key]),
  section('direct_messages_sent', directMessages.senderId, [directMessages.id]),
  section('direct_messages_received', directMessages.receiverId, [directMessages.id]),
  {
    ...section('notifications', notifications.receiverId, [notifications.id]),
    columns: [...columnsOf(notifications), announcements.title, announcements.content],
    joined: { table: announcements, on: eq(announcements.id, notifications.announcementId) },
  },
  {
    name: 'announcements',
    owner: accounts.id,
    order: [announcements.notificationId],
    columns: [announcements.notificationId, announcements.kind, announcements.title, announcements.content, announcements.createdAt],
    joined: { table: announcements, on: isReceivedBy(accounts.id, announcements.notificationId) },
  },
  section('announcement_reads', announcementReads.accountId, [announcementReads.notificationId]),
  section('announcement_gaps', announcementGaps.accountId, [announcementGaps.afterId]),
  section('matches', matches.user1Id, [matches.user2Id]),
  section('blocks', blocks.blockerId, [blocks.blockedId]),
  section('reports', memberReports.reporterId, [memberReports.createdAt, memberReports.id]),
  section('friend_records_sent', friendRecords.senderId, [friendRecords.status, friendRecords.id], PAIR),
  section('friend_records_received', friendRecords.receiverId, [friendRecords.status, friendRecords.id], PAIR),
  section('plans', plans.creatorId, [plans.visibility, plans.id]),
  section('rsvps', rsvps.accountId, [rsvps.id]),
  section('plan_dismissals', planDismissals.accountId, [planDismissals.planId]),
  section('cancelled_plans', cancelledPlans.creatorId, [cancelledPlans.id]),
  section('cancelled_plans_of_others', cancelledPlanPeople.accountId, [cancelledPlanPeople.planId]),
]

/** A row with the names of the database as its keys. */
export type OwnRow = Readonly<Record<string, unknown>>

/** The rows after `last` in the order of the section. */
const selectPage = ({ orm }: Store, accountId: number, { owner, order, columns, joined }: Section, last: OwnRow | null, limit: number) => {
  const key = sql.join([...order], sql`, `)
  const after =
    last &&
    sql.join(
      order.map(({ name }) => sql`${last[name]}`),
      sql`, `,
    )
  const query = orm
    .select(Object.fromEntries(columns.map((column) => [column.name, column])))
    .from(owner.table)
    .where(and(eq(owner, accountId), after ? sql`(${key}) > (${after})` : undefined))
    .orderBy(...order.map((column) => asc(column)))
    .limit(limit)
    .$dynamic()
  return joined ? query.innerJoin(joined.table, joined.on) : query
}

/**
 * The first page of each section, in one batch with the entry of the audit trail; null if there is no such account. So a
 * person with little data costs one round trip.
 */
export const findFirstOwnRows = async (
  store: Store,
  accountId: number,
  { limit, audit }: { limit: number; audit: NewAuditEntry },
): Promise<readonly { readonly section: Section; readonly rows: readonly OwnRow[] }[] | null> => {
  const [, ...pages] = await store.orm.batch([
    auditInsertIfAccount(store.orm, audit, eq(accounts.id, accountId)),
    ...OWN_SECTIONS.map((one) => selectPage(store, accountId, one, null, limit)),
  ])
  const found = OWN_SECTIONS.map((one, index) => ({ section: one, rows: pages[index] ?? [] }))
  return found[0]?.rows.length === 0 ? null : found
}

/** The page after a row. A section without an order has one row at most, and no further page. */
export const findMoreOwnRows = async (
  store: Store,
  accountId: number,
  one: Section,
  last: OwnRow,
  limit: number,
): Promise<readonly OwnRow[]> => (one.order.length === 0 ? [] : selectPage(store, accountId, one, last, limit))
