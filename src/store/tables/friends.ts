import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { FRIEND_STATUSES } from '../../model/friend.ts'
import { accounts } from './accounts.ts'

export const friendRecords = sqliteTable(
  'friend_records',
  {
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
  },
  (table) => [
    uniqueIndex('friend_records_by_pair').on(table.lowId, table.highId),
    index('friend_records_of_sender').on(table.senderId, table.status, table.id, table.receiverId),
    index('friend_records_of_receiver').on(table.receiverId, table.status, table.id, table.senderId),
  ],
)

export const friendRequestCounts = sqliteTable('friend_request_counts', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  since: integer().notNull(),
  requests: integer().notNull(),
})
