import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { LinkKey } from '../model/one-time-link.ts'
import type { Store } from './store.ts'
import { oneTimeLinks } from './tables/one-time-links.ts'

/**
 * SQL condition: the link may be used when the statement runs. The batch that performs the action of a link marks the link as
 * used in its last statement: of two uses at the same time, the second finds no usable link.
 */
export const isUsable = ({ digest, purpose, now }: LinkKey) =>
  and(eq(oneTimeLinks.digest, digest), eq(oneTimeLinks.purpose, purpose), isNull(oneTimeLinks.usedAt), gt(oneTimeLinks.expiresAt, now))

interface FoundLink {
  readonly accountId: number
  readonly subject: string
}

/** Null if the link does not exist, was used, or has expired. It may be used up by the time that the caller goes on. */
export const findLink = async (store: Store, key: LinkKey): Promise<FoundLink | null> => {
  const { accountId, subject } = oneTimeLinks
  const [found] = await store.orm.select({ accountId, subject }).from(oneTimeLinks).where(isUsable(key))
  return found ?? null
}

/** Deletes the links that expired first, `limit` at most. Returns how many. */
export const deleteExpiredLinks = async (store: Store, before: number, limit: number): Promise<number> => {
  const oldest = sql`(SELECT digest FROM one_time_links WHERE expires_at < ${before} ORDER BY expires_at LIMIT ${limit})`
  return (await store.orm.delete(oneTimeLinks).where(sql`${oneTimeLinks.digest} IN ${oldest}`)).meta.changes
}
