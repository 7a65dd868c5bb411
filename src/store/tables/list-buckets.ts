import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Maintained by triggers on the tables that the lists come from. */
export const listBuckets = sqliteTable(
  'list_buckets',
  {
    list: text().notNull(),
    level: integer().notNull(),
    bucket: integer().notNull(),
    members: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.list, table.level, table.bucket] })],
)
