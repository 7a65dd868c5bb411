import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'

export const quotaUses = sqliteTable('quota_uses', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  quota: text().notNull(),
  day: text().notNull(),
  uses: integer().notNull(),
})
