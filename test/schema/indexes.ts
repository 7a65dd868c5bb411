import { desc, getTableName, sql } from 'drizzle-orm'
import {
  index,
  primaryKey,
  type SQLiteTable,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { accounts, practiceProfiles, subscriptionPlans } from '../../src/store/tables/accounts.ts'
import { alarmHistories, openAlarms, outbox } from '../../src/store/tables/alarms.ts'
import { assistantTurns } from '../../src/store/tables/assistant.ts'
import { auditEntries } from '../../src/store/tables/audit.ts'
import { cancelledPlanPeople, cancelledPlans } from '../../src/store/tables/calendars.ts'
import { contractNames } from '../../src/store/tables/contract-names.ts'
import { credentials, loginFailures, loginNetworks } from '../../src/store/tables/credentials.ts'
import { friendRecords } from '../../src/store/tables/friends.ts'
import { listBuckets } from '../../src/store/tables/list-buckets.ts'
import { masterValues } from '../../src/store/tables/master.ts'
import { blocks, matches, matchPreferences, matrimonyProfiles, memberReports } from '../../src/store/tables/matrimony.ts'
import { announcementGaps, announcementReads, announcements, directMessages, notifications } from '../../src/store/tables/messages.ts'
import { moveChunks, movedRows } from '../../src/store/tables/moves.ts'
import { oneTimeLinks } from '../../src/store/tables/one-time-links.ts'
import { passkeys } from '../../src/store/tables/passkeys.ts'
import { namePrefixes } from '../../src/store/tables/people-search.ts'
import { planDismissals, plans, rsvps } from '../../src/store/tables/plans.ts'
import { practiceSessions } from '../../src/store/tables/practice.ts'
import { pushSubscriptions } from '../../src/store/tables/push.ts'
import { quotaUses } from '../../src/store/tables/quotas.ts'
import { contactAnswers, emergencyContacts, recoveryProfiles, therapists } from '../../src/store/tables/recovery.ts'
import { shadowAnswers } from '../../src/store/tables/shadow-answers.ts'
import { revokedConnections } from '../../src/store/tables/support.ts'

/**
 * The indexes of the tables, and the keys and constraints over several columns. No query needs them, only the comparison with
 * the database does: in src/store/tables they would be one kilobyte of the compressed Worker.
 */

/** A second description of the table. It has no column of its own. */
const keysAndIndexes = <T extends SQLiteTable>(table: T, build: (table: T) => SQLiteTableExtraConfigValue[]): SQLiteTable =>
  sqliteTable(getTableName(table), {}, () => build(table))

export const KEYS_AND_INDEXES: readonly SQLiteTable[] = [
  keysAndIndexes(moveChunks, (table) => [index('move_chunks_of_move').on(table.moveId, table.id)]),
  keysAndIndexes(movedRows, (table) => [
    primaryKey({ columns: [table.contract, table.model, table.sourceKey] }),
    index('moved_rows_of_chunk').on(table.chunkId, table.sourceKey),
  ]),
  keysAndIndexes(accounts, (table) => [
    index('accounts_by_plan').on(table.subscriptionPlanId).where(sql`${table.subscriptionPlanId} IS NOT NULL`),
    index('accounts_by_first_name').on(sql`lower(${table.firstName})`),
    index('accounts_by_last_name').on(sql`lower(${table.lastName})`),
    index('accounts_closed').on(table.updatedAt).where(sql`${table.isActive} = 0 AND ${table.isSuspended} = 0`),
    index('accounts_open').on(table.id).where(sql`${table.isActive} = 1`),
    index('accounts_users').on(table.id).where(sql`${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
    index('accounts_active_users')
      .on(table.id)
      .where(sql`${table.isActive} = 1 AND ${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
    index('accounts_inactive_users')
      .on(table.id)
      .where(sql`${table.isActive} = 0 AND ${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
  ]),
  keysAndIndexes(practiceProfiles, (table) => [
    uniqueIndex('practice_profiles_by_former_id').on(table.formerId).where(sql`${table.formerId} IS NOT NULL`),
  ]),
  keysAndIndexes(shadowAnswers, (table) => [primaryKey({ columns: [table.contract, table.route, table.difference] })]),
  keysAndIndexes(subscriptionPlans, (table) => [index('subscription_plans_by_end').on(table.status, table.endDate)]),
  keysAndIndexes(openAlarms, (table) => [index('open_alarms_by_check').on(table.checkedAt, table.accountId)]),
  keysAndIndexes(alarmHistories, (table) => [index('alarm_histories_by_age').on(table.oldestAt, table.accountId)]),
  keysAndIndexes(outbox, (table) => [
    index('outbox_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('outbox_by_account').on(table.accountId),
    index('outbox_by_time').on(table.createdAt, table.key),
  ]),
  keysAndIndexes(assistantTurns, (table) => [index('assistant_turns_by_account').on(table.accountId, table.id)]),
  keysAndIndexes(auditEntries, (table) => [
    index('audit_entries_by_subject').on(table.subjectId, table.id),
    index('audit_entries_by_actor').on(table.actorId, table.id),
    index('audit_entries_by_age').on(table.at),
  ]),
  keysAndIndexes(cancelledPlans, (table) => [
    index('cancelled_plans_by_age').on(table.cancelledAt),
    index('cancelled_plans_by_creator').on(table.creatorId),
  ]),
  keysAndIndexes(cancelledPlanPeople, (table) => [
    primaryKey({ columns: [table.accountId, table.planId] }),
    index('cancelled_plan_people_by_plan').on(table.planId),
  ]),
  keysAndIndexes(contractNames, (table) => [
    primaryKey({ columns: [table.contract, table.name] }),
    uniqueIndex('contract_names_by_account').on(table.accountId, table.contract),
    index('contract_names_by_key').on(table.nameKey),
  ]),
  keysAndIndexes(credentials, (table) => [
    index('credentials_by_account').on(table.accountId, table.createdAt, table.id),
    index('credentials_by_expiry').on(table.expiresAt),
    index('credentials_by_passkey').on(table.passkeyId).where(sql`${table.passkeyId} IS NOT NULL`),
  ]),
  keysAndIndexes(loginFailures, (table) => [index('login_failures_by_age').on(table.since)]),
  keysAndIndexes(loginNetworks, (table) => [
    primaryKey({ columns: [table.accountId, table.network] }),
    index('login_networks_by_age').on(table.lastAt),
  ]),
  keysAndIndexes(friendRecords, (table) => [
    uniqueIndex('friend_records_by_pair').on(table.lowId, table.highId),
    index('friend_records_of_sender').on(table.senderId, table.status, table.id, table.receiverId),
    index('friend_records_of_receiver').on(table.receiverId, table.status, table.id, table.senderId),
  ]),
  keysAndIndexes(listBuckets, (table) => [primaryKey({ columns: [table.list, table.level, table.bucket] })]),
  keysAndIndexes(masterValues, (table) => [index('master_values_by_type').on(table.typeId, table.id, table.value)]),
  keysAndIndexes(matrimonyProfiles, (table) => [
    index('matrimony_profiles_listed').on(table.accountId).where(sql`${table.isListed} = 1`),
    index('matrimony_profiles_newest').on(table.createdAt, table.accountId, table.gender).where(sql`${table.isListed} = 1`),
    index('matrimony_profiles_to_match')
      .on(
        table.gender,
        table.dateOfBirth,
        table.height,
        table.weight,
        table.income,
        table.profession,
        table.education,
        table.location,
        table.language,
        table.maritalStatus,
        table.religion,
        table.caste,
      )
      .where(sql`${table.isListed} = 1`),
  ]),
  keysAndIndexes(matchPreferences, (table) => [index('match_preferences_by_gender').on(table.gender, table.accountId)]),
  keysAndIndexes(matches, (table) => [
    primaryKey({ columns: [table.user1Id, table.user2Id] }),
    index('matches_by_other').on(table.user2Id),
  ]),
  keysAndIndexes(blocks, (table) => [
    primaryKey({ columns: [table.blockerId, table.blockedId] }),
    index('blocks_by_blocked').on(table.blockedId, table.blockerId),
  ]),
  keysAndIndexes(memberReports, (table) => [
    index('member_reports_by_status').on(table.status, table.id),
    index('member_reports_by_reporter').on(table.reporterId, table.createdAt),
    index('member_reports_by_reported').on(table.reportedId),
  ]),
  keysAndIndexes(directMessages, (table) => [
    index('direct_messages_received').on(table.receiverId, table.id),
    index('direct_messages_unread').on(table.receiverId, table.id).where(sql`${table.isRead} = 0`),
    index('direct_messages_read').on(table.receiverId, table.id).where(sql`${table.isRead} = 1`),
    index('direct_messages_sent').on(table.senderId, table.id),
    index('direct_messages_between').on(
      sql`min(${table.senderId}, ${table.receiverId})`,
      sql`max(${table.senderId}, ${table.receiverId})`,
      table.id,
    ),
  ]),
  keysAndIndexes(announcements, (table) => [
    index('announcements_by_subject').on(table.subjectId).where(sql`${table.subjectId} IS NOT NULL`),
    uniqueIndex('announcements_to_all').on(table.notificationId).where(sql`${table.notificationId} IS NOT NULL`),
    index('announcements_to_all_by_kind').on(table.kind, table.notificationId).where(sql`${table.notificationId} IS NOT NULL`),
    index('announcements_to_all_by_account')
      .on(table.newestAccountId, table.notificationId)
      .where(sql`${table.notificationId} IS NOT NULL`),
  ]),
  keysAndIndexes(announcementGaps, (table) => [
    primaryKey({ columns: [table.accountId, table.afterId] }),
    uniqueIndex('announcement_gaps_open').on(table.accountId).where(sql`${table.untilId} IS NULL`),
  ]),
  keysAndIndexes(announcementReads, (table) => [
    primaryKey({ columns: [table.accountId, table.notificationId] }),
    index('announcement_reads_through').on(table.accountId, table.kind, table.readThrough).where(sql`${table.readThrough} IS NOT NULL`),
  ]),
  keysAndIndexes(notifications, (table) => [
    index('notifications_by_receiver').on(table.receiverId, table.id),
    index('notifications_unread').on(table.receiverId, table.id).where(sql`${table.isRead} = 0`),
    index('notifications_by_kind').on(table.receiverId, table.kind, table.id),
    index('notifications_new_plans')
      .on(table.receiverId, table.kind, table.id)
      .where(sql`${table.kind} = 'subscription' AND ${table.isRead} = 0`),
    uniqueIndex('notifications_one_alert').on(table.receiverId).where(sql`${table.kind} = 'unread' AND ${table.isRead} = 0`),
    uniqueIndex('notifications_one_reminder').on(table.announcementId, table.receiverId).where(sql`${table.kind} = 'reminder'`),
  ]),
  keysAndIndexes(oneTimeLinks, (table) => [
    index('one_time_links_by_account').on(table.accountId, table.purpose, table.createdAt),
    index('one_time_links_by_subject').on(table.subject, table.purpose, table.createdAt),
    index('one_time_links_by_expiry').on(table.expiresAt),
  ]),
  keysAndIndexes(namePrefixes, (table) => [primaryKey({ columns: [table.prefix, table.accountId] })]),
  keysAndIndexes(plans, (table) => [
    index('plans_public').on(table.id).where(sql`${table.visibility} = 'public' AND ${table.isListed} = 1`),
    index('plans_public_by_start').on(table.startTime, table.id).where(sql`${table.visibility} = 'public' AND ${table.isListed} = 1`),
    index('plans_of_person').on(table.creatorId, table.visibility, table.id),
    index('plans_of_person_by_start').on(table.creatorId, table.visibility, table.startTime, table.id),
  ]),
  keysAndIndexes(rsvps, (table) => [
    unique().on(table.planId, table.accountId),
    index('rsvps_of_plan').on(table.planId, table.id),
    index('rsvps_of_person').on(table.accountId, table.id),
  ]),
  keysAndIndexes(planDismissals, (table) => [
    primaryKey({ columns: [table.accountId, table.planId] }),
    index('plan_dismissals_by_plan').on(table.planId),
  ]),
  keysAndIndexes(practiceSessions, (table) => [index('practice_sessions_by_date').on(table.accountId, desc(table.date), desc(table.id))]),
  keysAndIndexes(passkeys, (table) => [index('passkeys_by_account').on(table.accountId, table.createdAt, table.id)]),
  keysAndIndexes(pushSubscriptions, (table) => [
    index('push_subscriptions_by_account').on(table.accountId, table.id),
    index('push_subscriptions_by_credential').on(table.credentialId),
  ]),
  keysAndIndexes(quotaUses, (table) => [primaryKey({ columns: [table.accountId, table.quota] })]),
  keysAndIndexes(therapists, (table) => [index('therapists_by_account').on(table.accountId, table.id)]),
  keysAndIndexes(emergencyContacts, (table) => [index('emergency_contacts_by_account').on(table.accountId, table.id)]),
  keysAndIndexes(contactAnswers, (table) => [primaryKey({ columns: [table.accountId, table.address] })]),
  keysAndIndexes(recoveryProfiles, (table) => [
    index('recovery_profiles_by_therapist').on(table.therapistId).where(sql`${table.therapistId} IS NOT NULL`),
  ]),
  keysAndIndexes(revokedConnections, (table) => [index('revoked_connections_by_age').on(table.revokedAt)]),
]
