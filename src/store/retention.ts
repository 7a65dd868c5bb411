import { and, asc, eq, lt, notExists, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ErasureTarget } from '../model/account.ts'
import type { Store } from './store.ts'
import { accounts, erasures } from './tables/accounts.ts'
import { alarmHistories, outbox } from './tables/alarms.ts'
import { auditEntries } from './tables/audit.ts'
import { cancelledPlans } from './tables/calendars.ts'
import { credentials, loginFailures, loginNetworks } from './tables/credentials.ts'
import { revokedConnections } from './tables/support.ts'

/** Deletes the oldest rows before a point in time, `limit` at most. Returns how many. */
type DeleteOldest = (store: Store, before: number, limit: number) => Promise<number>

/** `key`: the primary key. There is an index that begins with `age`. */
const deleteOldest =
  (age: SQLiteColumn, key: readonly SQLiteColumn[], condition?: (before: number) => SQL): DeleteOldest =>
  async ({ orm }, before, limit) => {
    const columns = sql.join([...key], sql`, `)
    const oldest = sql`SELECT ${columns} FROM ${age.table} WHERE ${and(lt(age, before), condition?.(before))} ORDER BY ${age} LIMIT ${limit}`
    return (await orm.delete(age.table).where(sql`(${columns}) IN (${oldest})`)).meta.changes
  }

export const deleteExpiredCredentials = deleteOldest(credentials.expiresAt, [credentials.id])
export const deleteOldLoginFailures = deleteOldest(loginFailures.since, [loginFailures.who], (before) =>
  lt(loginFailures.lockedUntil, before),
)
export const deleteOldLoginNetworks = deleteOldest(loginNetworks.lastAt, [loginNetworks.accountId, loginNetworks.network])
export const deleteOldRevokedConnections = deleteOldest(revokedConnections.revokedAt, [revokedConnections.id])
/** After the time in which calendar programs fetch the cancellation. */
export const deleteOldCancelledPlans = deleteOldest(cancelledPlans.cancelledAt, [cancelledPlans.id])
export const deleteOldAuditEntries = deleteOldest(auditEntries.at, [auditEntries.id])
export const deleteOldOutboxMessages = deleteOldest(outbox.createdAt, [outbox.key])

/** The accounts whose alarm objects hold the oldest messages, if these are older than a point in time. */
export const findOldAlarmHistories = async (store: Store, before: number, limit: number): Promise<number[]> => {
  const rows = await store.orm
    .select({ accountId: alarmHistories.accountId })
    .from(alarmHistories)
    .where(lt(alarmHistories.oldestAt, before))
    .orderBy(asc(alarmHistories.oldestAt), asc(alarmHistories.accountId))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}

/** What is left in each object: the time of its oldest message; null if there is none. */
export const updateAlarmHistories = async (
  store: Store,
  swept: readonly { readonly accountId: number; readonly oldestAt: number | null }[],
): Promise<void> => {
  const { orm } = store
  const left = sql`(SELECT value ->> 'accountId' AS id, value ->> 'oldestAt' AS oldest_at FROM json_each(${JSON.stringify(swept)})) AS swept`
  await orm.batch([
    orm
      .update(alarmHistories)
      .set({ oldestAt: sql`swept.oldest_at` })
      .from(left)
      .where(sql`${alarmHistories.accountId} = swept.id AND swept.oldest_at IS NOT NULL`),
    orm.delete(alarmHistories).where(sql`${alarmHistories.accountId} IN (SELECT id FROM ${left} WHERE oldest_at IS NULL)`),
  ])
}

const isClosed = (before: number) => and(sql`is_active = 0 AND is_suspended = 0`, lt(accounts.updatedAt, before))

/**
 * Claims the accounts that have been closed for longest, and returns all that are claimed, `limit` each. A claimed account
 * cannot be reactivated: the same statement that reactivates an account checks it. So no account is erased that was
 * reactivated a moment ago, and none is reactivated half erased.
 */
export const claimClosedAccounts = async (store: Store, before: number, limit: number): Promise<readonly ErasureTarget[]> => {
  const { orm } = store
  const oldest = orm.select({ accountId: accounts.id }).from(accounts).where(isClosed(before)).orderBy(asc(accounts.updatedAt)).limit(limit)
  const [, claimed] = await orm.batch([
    orm.insert(erasures).select(oldest).onConflictDoNothing(),
    orm
      .select({ id: accounts.id, username: accounts.username })
      .from(erasures)
      .innerJoin(accounts, eq(accounts.id, erasures.accountId))
      .limit(limit),
  ])
  return claimed
}

/** SQL condition: the sweep has not begun to erase the row of `accounts`. */
export const isNotBeingErased = (orm: Store['orm']): SQL =>
  notExists(orm.select({ one: sql`1` }).from(erasures).where(eq(erasures.accountId, accounts.id)))
