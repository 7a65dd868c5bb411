import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { PageStart } from '../model/page.ts'

/** The offset as an SQL expression. For the last page the statement computes it from the count, which saves a round trip. */
export const pageOffset = (from: PageStart | Placeholder, count: SQL, size: number | Placeholder): SQL =>
  from === 'last' ? sql`(SELECT max(n - 1, 0) - max(n - 1, 0) % ${size} FROM (SELECT ${count} AS n))` : sql`${from}`

/** The ids on a page, as a subquery. For short tables: it counts all rows. */
export const idsOnShortPage = (table: SQLiteTable, from: PageStart, size: number): SQL =>
  sql`(SELECT id FROM ${table} ORDER BY id LIMIT ${size} OFFSET ${pageOffset(from, sql`(SELECT count(*) FROM ${table})`, size)})`

/** A query for numbered pages: the last page has a statement of its own. Its placeholders are `from` and `limit`. */
export const forEachStart = <Q>(build: (from: 'last' | Placeholder, limit: Placeholder) => Q): ((from: PageStart) => Q) => {
  const limit = sql.placeholder('limit')
  const [last, numbered] = [build('last', limit), build(sql.placeholder('from'), limit)]
  return (from) => (from === 'last' ? last : numbered)
}
