import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Where a page begins: behind so many, or wherever the last page does. */
export type PageStart = number | 'last'

/** The same as a number in a statement, which finds out for itself where the last page begins: nobody has to count first. */
export const beginningOf = (from: PageStart, count: SQL, size: number): SQL =>
  from === 'last' ? sql`(SELECT max(n - 1, 0) - max(n - 1, 0) % ${size} FROM (SELECT ${count} AS n))` : sql`${from}`

/** The ids on a page of a table that stays so short that it is counted as it is, in a subquery. */
export const idsOnShortPage = (table: SQLiteTable, from: PageStart, size: number): SQL =>
  sql`(SELECT id FROM ${table} ORDER BY id LIMIT ${size} OFFSET ${beginningOf(from, sql`(SELECT count(*) FROM ${table})`, size)})`
