import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Maintained by triggers on the tables that the lists come from. */
export const listBuckets = sqliteTable('list_buckets', {
  list: text().notNull(),
  level: integer().notNull(),
  bucket: integer().notNull(),
  members: integer().notNull(),
})
