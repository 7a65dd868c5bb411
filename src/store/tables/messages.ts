import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { KINDS_TO_ALL, NOTIFICATION_KINDS } from '../../model/notification.ts'
import { accounts } from './accounts.ts'

export const directMessages = sqliteTable(
  'direct_messages',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    senderId: integer('sender_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    receiverId: integer('receiver_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    content: text().notNull(),
    isRead: integer('is_read', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('direct_messages_received').on(table.receiverId, table.id),
    index('direct_messages_unread').on(table.receiverId, table.id).where(sql`${table.isRead} = 0`),
    index('direct_messages_read').on(table.receiverId, table.id).where(sql`${table.isRead} = 1`),
    index('direct_messages_sent').on(table.senderId, table.id),
    index('direct_messages_between').on(
      sql`min(${table.senderId}, ${table.receiverId})`,
      sql`max(${table.senderId}, ${table.receiverId})`,
      table.id,
    ),
  ],
)

export const announcements = sqliteTable(
  'announcements',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    title: text().notNull(),
    content: text().notNull(),
    about: text().unique(),
    createdAt: integer('created_at').notNull(),
    /** The account that the text names; null if it names none. */
    subjectId: integer('subject_id'),
    /** Set if the announcement goes to all members. A trigger sets the other two columns. */
    kind: text({ enum: KINDS_TO_ALL }),
    notificationId: integer('notification_id'),
    newestAccountId: integer('newest_account_id'),
  },
  (table) => [
    uniqueIndex('announcements_to_all').on(table.notificationId).where(sql`${table.notificationId} IS NOT NULL`),
    index('announcements_to_all_by_kind').on(table.kind, table.notificationId).where(sql`${table.notificationId} IS NOT NULL`),
    index('announcements_to_all_by_account')
      .on(table.newestAccountId, table.notificationId)
      .where(sql`${table.notificationId} IS NOT NULL`),
  ],
)

/** The announcements to all that an account does not receive, because it was inactive or had a flag. Maintained by triggers. */
export const announcementGaps = sqliteTable(
  'announcement_gaps',
  {
    accountId: integer('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    afterId: integer('after_id').notNull(),
    untilId: integer('until_id'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.afterId] }),
    uniqueIndex('announcement_gaps_open').on(table.accountId).where(sql`${table.untilId} IS NULL`),
  ],
)

export const announcementReads = sqliteTable(
  'announcement_reads',
  {
    accountId: integer('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    notificationId: integer('notification_id').notNull(),
    kind: text({ enum: KINDS_TO_ALL }).notNull(),
    readThrough: integer('read_through'),
    readAt: integer('read_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.notificationId] }),
    index('announcement_reads_through').on(table.accountId, table.kind, table.readThrough).where(sql`${table.readThrough} IS NOT NULL`),
  ],
)

export const notifications = sqliteTable(
  'notifications',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    receiverId: integer('receiver_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    announcementId: integer('announcement_id')
      .notNull()
      .references(() => announcements.id),
    kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
    isRead: integer('is_read', { mode: 'boolean' }).notNull().default(false),
    amount: integer().notNull().default(0),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('notifications_by_receiver').on(table.receiverId, table.id),
    index('notifications_unread').on(table.receiverId, table.id).where(sql`${table.isRead} = 0`),
    index('notifications_by_kind').on(table.receiverId, table.kind, table.id),
    index('notifications_new_plans')
      .on(table.receiverId, table.kind, table.id)
      .where(sql`${table.kind} = 'subscription' AND ${table.isRead} = 0`),
    uniqueIndex('notifications_one_alert').on(table.receiverId).where(sql`${table.kind} = 'unread' AND ${table.isRead} = 0`),
    uniqueIndex('notifications_one_reminder').on(table.announcementId, table.receiverId).where(sql`${table.kind} = 'reminder'`),
  ],
)
