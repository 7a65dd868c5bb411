import { type SQL, sql } from 'drizzle-orm'
import type { PageStart } from '../model/page.ts'
import { pageOffset } from './numbered-pages.ts'
import { listBuckets } from './tables/list-buckets.ts'

/** The lists for which triggers maintain the number of members in each range of ids (migrations/0006_list_buckets.sql). */
type List = 'users' | 'active-users' | 'profiles'

/** The number of members of a list: a sum over one row for each 65,536 ids. */
export const memberCountOf = (list: List): SQL<number> =>
  sql<number>`(SELECT COALESCE(sum(members), 0) FROM ${listBuckets} WHERE list = ${list} AND level = 2)`

/** Each bucket with its number of members, and the number of members in the buckets before it. */
const bucketsWithOffset = (list: List, level: number, before: SQL, within: SQL) => sql`
  SELECT bucket, members, ${before} + sum(members) OVER (ORDER BY bucket) - members AS before
  FROM ${listBuckets} WHERE list = ${list} AND level = ${level} AND ${within}`

/**
 * The ids on a page, as a subquery. It finds the bucket in which the page starts through the two levels, and skips fewer
 * than 256 members there, so the last page costs as much as the first one.
 */
export const idsOnPage = (
  list: List,
  { id, from, where }: { id: SQL; from: SQL; where: SQL },
  { from: start, limit }: { from: PageStart; limit: number },
): SQL => {
  const offset = pageOffset(start, memberCountOf(list), limit)
  const containsOffset = sql`before <= ${offset} AND ${offset} < before + members`
  return sql`(
    WITH
      outer_bucket AS MATERIALIZED (SELECT bucket, before FROM (${bucketsWithOffset(list, 2, sql`0`, sql`true`)}) WHERE ${containsOffset}),
      inner_bucket AS MATERIALIZED (SELECT bucket, before FROM (${bucketsWithOffset(
        list,
        1,
        sql`(SELECT before FROM outer_bucket)`,
        sql`bucket >= (SELECT bucket << 8 FROM outer_bucket) AND bucket < (SELECT (bucket + 1) << 8 FROM outer_bucket)`,
      )}) WHERE ${containsOffset})
    SELECT ${id} FROM ${from}
    WHERE ${where} AND ${id} >= (SELECT bucket << 8 FROM inner_bucket)
    ORDER BY ${id} LIMIT ${limit} OFFSET COALESCE(${offset} - (SELECT before FROM inner_bucket), 0))`
}
