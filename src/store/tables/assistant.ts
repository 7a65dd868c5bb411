import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { TURN_ROLES } from '../../model/assistant.ts'
import { accounts } from './accounts.ts'

export const assistantTurns = sqliteTable('assistant_turns', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  role: text({ enum: TURN_ROLES }).notNull(),
  text: text().notNull(),
  createdAt: integer('created_at').notNull(),
})
