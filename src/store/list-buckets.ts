import { type SQL, sql } from 'drizzle-orm'
import { beginningOf, type PageStart } from './numbered-pages.ts'

/** The lists of which triggers keep how many members each range of ids has (migration 0021). */
type List = 'users' | 'active-users' | 'profiles'

/** How long a list is: a sum over one row for each 65,536 ids. */
export const lengthOf = (list: List): SQL<number> =>
  sql<number>`(SELECT COALESCE(sum(members), 0) FROM list_buckets WHERE list = ${list} AND level = 2)`

/** The members of each bucket, and how many stand before it. */
const ranked = (list: List, level: number, before: SQL, within: SQL) => sql`
  SELECT bucket, members, ${before} + sum(members) OVER (ORDER BY bucket) - members AS before
  FROM list_buckets WHERE list = ${list} AND level = ${level} AND ${within}`

/**
 * The ids on a page, in a subquery. It walks down the two levels of buckets to where the page begins, and steps over fewer
 * than 256 members there: a page far behind costs what the first one does.
 */
export const idsOnPage = (
  list: List,
  { id, from, where }: { id: SQL; from: SQL; where: SQL },
  { from: beginning, limit }: { from: PageStart; limit: number },
): SQL => {
  const offset = beginningOf(beginning, lengthOf(list), limit)
  const holds = sql`before <= ${offset} AND ${offset} < before + members`
  return sql`(
    WITH
      outer_bucket AS MATERIALIZED (SELECT bucket, before FROM (${ranked(list, 2, sql`0`, sql`true`)}) WHERE ${holds}),
      inner_bucket AS MATERIALIZED (SELECT bucket, before FROM (${ranked(
        list,
        1,
        sql`(SELECT before FROM outer_bucket)`,
        sql`bucket >= (SELECT bucket << 8 FROM outer_bucket) AND bucket < (SELECT (bucket + 1) << 8 FROM outer_bucket)`,
      )}) WHERE ${holds})
    SELECT ${id} FROM ${from}
    WHERE ${where} AND ${id} >= (SELECT bucket << 8 FROM inner_bucket)
    ORDER BY ${id} LIMIT ${limit} OFFSET COALESCE(${offset} - (SELECT before FROM inner_bucket), 0))`
}
