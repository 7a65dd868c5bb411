import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { KINDS_TO_ALL, NOTIFICATION_KINDS } from '../../model/notification.ts'
import { accounts } from './accounts.ts'

export const directMessages = sqliteTable('direct_messages', {
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
})

export const announcements = sqliteTable('announcements', {
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
})

/** The announcements to all that an account does not receive, because it was inactive or had a flag. Maintained by triggers. */
export const announcementGaps = sqliteTable('announcement_gaps', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  afterId: integer('after_id').notNull(),
  untilId: integer('until_id'),
})

export const announcementReads = sqliteTable('announcement_reads', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  notificationId: integer('notification_id').notNull(),
  kind: text({ enum: KINDS_TO_ALL }).notNull(),
  readThrough: integer('read_through'),
  readAt: integer('read_at').notNull(),
})

export const notifications = sqliteTable('notifications', {
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
})
