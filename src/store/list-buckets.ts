import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PageStart } from '../model/page.ts'
import { pageOffset } from './numbered-pages.ts'
import { listBuckets } from './tables/list-buckets.ts'

/** The lists for which triggers maintain the number of members in each range of ids (migrations/0006_list_buckets.sql). */
type List = 'users' | 'active-users' | 'profiles'

/** The number of members of a list: a sum over one row for each 65,536 ids. */
export const memberCountOf = (list: List): SQL<number> =>
  sql<number>`(SELECT COALESCE(sum(members), 0) FROM ${listBuckets} WHERE list = ${list} AND level = 2)`

/** Each bucket with its number of members, and the number of members in the buckets before it. `n` is the number of listed members. */
const bucketsWithOffset = (list: List, level: 1 | 2, before: SQL, within: SQL, leavesOut: boolean) => {
  const leftOut = leavesOut ? sql` - (SELECT count(*) FROM left_out WHERE left_out.id >> ${sql.raw(String(8 * level))} = bucket)` : sql``
  return sql`
  SELECT bucket, n, ${before} + sum(n) OVER (ORDER BY bucket) - n AS before
  FROM (SELECT bucket, members${leftOut} AS n FROM ${listBuckets} WHERE list = ${list} AND level = ${level} AND ${within})`
}

/** The number of members of a list without some of them. `leftOut` selects the ids of these. */
export const memberCountWithout = (list: List, leftOut: SQL): SQL<number> =>
  sql<number>`(${memberCountOf(list)} - (SELECT count(*) FROM (${leftOut})))`

/**
 * The ids on a page, as a subquery. It finds the bucket in which the page starts through the two levels, and skips fewer
 * than 256 members there, so the last page costs as much as the first one. `leftOut` selects the ids of members that this
 * page leaves out, each once, as `id`: they are subtracted from the buckets, so that every page is full.
 */
export const idsOnPage = (
  list: List,
  { id, from, where, leftOut }: { id: SQL; from: SQL; where: SQL; leftOut?: SQL },
  { from: start, limit }: { from: PageStart | Placeholder; limit: number | Placeholder },
): SQL => {
  const leavesOut = leftOut !== undefined
  const count = leavesOut ? sql`(${memberCountOf(list)} - (SELECT count(*) FROM left_out))` : memberCountOf(list)
  const offset = pageOffset(start, count, limit)
  const containsOffset = sql`before <= ${offset} AND ${offset} < before + n`
  return sql`(
    WITH ${leavesOut ? sql`left_out (id) AS MATERIALIZED (${leftOut}),` : sql``}
      outer_bucket AS MATERIALIZED (SELECT bucket, before FROM (${bucketsWithOffset(list, 2, sql`0`, sql`true`, leavesOut)}) WHERE ${containsOffset}),
      inner_bucket AS MATERIALIZED (SELECT bucket, before FROM (${bucketsWithOffset(
        list,
        1,
        sql`(SELECT before FROM outer_bucket)`,
        sql`bucket >= (SELECT bucket << 8 FROM outer_bucket) AND bucket < (SELECT (bucket + 1) << 8 FROM outer_bucket)`,
        leavesOut,
      )}) WHERE ${containsOffset})
    SELECT ${id} FROM ${from}
    WHERE ${where} AND ${id} >= (SELECT bucket << 8 FROM inner_bucket)${leavesOut ? sql` AND ${id} NOT IN (SELECT id FROM left_out)` : sql``}
    ORDER BY ${id} LIMIT ${limit} OFFSET COALESCE(${offset} - (SELECT before FROM inner_bucket), 0))`
}
