import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { FRIEND_STATUSES } from '../../model/friend.ts'
import { accounts } from './accounts.ts'

export const friendRecords = sqliteTable('friend_records', {
  id: text().primaryKey(),
  senderId: integer('sender_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  receiverId: integer('receiver_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  status: text({ enum: FRIEND_STATUSES }).notNull().default('pending'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  lowId: integer('low_id').generatedAlwaysAs(sql`min(sender_id, receiver_id)`),
  highId: integer('high_id').generatedAlwaysAs(sql`max(sender_id, receiver_id)`),
})

export const friendRequestCounts = sqliteTable('friend_request_counts', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  since: integer().notNull(),
  requests: integer().notNull(),
})
