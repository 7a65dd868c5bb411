import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const assistantTurns = sqliteTable('assistant_turns', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  role: text({ enum: ['user', 'assistant'] }).notNull(),
  text: text().notNull(),
  createdAt: integer('created_at').notNull(),
})
