import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { NOTIFICATION_KINDS } from '../../model/notification.ts'

export const directMessages = sqliteTable('direct_messages', {
  id: integer().primaryKey({ autoIncrement: true }),
  senderId: integer('sender_id').notNull(),
  receiverId: integer('receiver_id').notNull(),
  content: text().notNull(),
  isRead: integer('is_read', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const announcements = sqliteTable('announcements', {
  id: integer().primaryKey({ autoIncrement: true }),
  title: text().notNull(),
  content: text().notNull(),
  about: text(),
  createdAt: integer('created_at').notNull(),
})

export const notifications = sqliteTable('notifications', {
  id: integer().primaryKey({ autoIncrement: true }),
  receiverId: integer('receiver_id').notNull(),
  announcementId: integer('announcement_id').notNull(),
  kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
  isRead: integer('is_read', { mode: 'boolean' }).notNull().default(false),
  amount: integer().notNull().default(0),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
