import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Maintained by triggers on `accounts`. */
export const namePrefixes = sqliteTable('name_prefixes', {
  prefix: text().notNull(),
  accountId: integer('account_id').notNull(),
})
