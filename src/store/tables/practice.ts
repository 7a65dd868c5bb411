import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'

export const practiceSessions = sqliteTable('practice_sessions', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  date: text().notNull(),
  duration: integer().notNull(),
  createdAt: integer('created_at').notNull(),
})
