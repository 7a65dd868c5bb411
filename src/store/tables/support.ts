import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'

export const sitters = sqliteTable('sitters', { accountId: integer('account_id').primaryKey() })

export const socketClosings = sqliteTable('socket_closings', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  at: integer().notNull(),
})
