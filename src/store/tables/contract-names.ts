import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CONTRACTS } from '../../model/contract.ts'
import { accounts } from './accounts.ts'

export const contractNames = sqliteTable('contract_names', {
  contract: text({ enum: CONTRACTS }).notNull(),
  name: text().notNull(),
  nameKey: text('name_key').notNull(),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
})
