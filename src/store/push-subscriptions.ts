import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { PushKeys, PushSubscription } from '../model/push.ts'
import { hasFlag } from './account-row.ts'
import { changesOf, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'
import { pushSubscriptions } from './tables/push.ts'

interface NewSubscription extends PushKeys {
  readonly accountId: number
  readonly credentialId: string
  readonly createdAt: number
}

/**
 * Stores a device, or that it belongs to another log-in now, and deletes the oldest devices of an account that has too many.
 * False if the credential has been revoked meanwhile: then nothing is stored.
 */
export const saveSubscription = async (
  { orm }: Store,
  { accountId, credentialId, endpoint, p256dh, auth, createdAt }: NewSubscription,
  maxDevices: number,
): Promise<boolean> => {
  const newest = orm
    .select({ id: pushSubscriptions.id })
    .from(pushSubscriptions)
    .where(eq(pushSubscriptions.accountId, accountId))
    .orderBy(desc(pushSubscriptions.id))
    .limit(maxDevices)
  const [, saved] = await orm.batch([
    // Deleted and not updated: the order of the ids shows which devices are the newest.
    orm.delete(pushSubscriptions).where(eq(pushSubscriptions.endpoint, endpoint)),
    changesOf(
      orm,
      sql`INSERT INTO push_subscriptions (account_id, credential_id, endpoint, p256dh, auth, created_at)
      SELECT ${accountId}, id, ${endpoint}, ${p256dh}, ${auth}, ${createdAt} FROM credentials WHERE id = ${credentialId}`,
    ),
    orm.delete(pushSubscriptions).where(and(eq(pushSubscriptions.accountId, accountId), sql`${pushSubscriptions.id} NOT IN ${newest}`)),
  ])
  return saved.meta.changes > 0
}

export const deleteSubscription = async ({ orm }: Store, accountId: number, endpoint: string): Promise<void> => {
  await orm.delete(pushSubscriptions).where(and(eq(pushSubscriptions.accountId, accountId), eq(pushSubscriptions.endpoint, endpoint)))
}

/** Deletes the devices with these ids. A device that has subscribed again meanwhile has another id, and stays. */
export const deleteSubscriptions = async ({ orm }: Store, ids: readonly number[]): Promise<void> => {
  await orm.delete(pushSubscriptions).where(sql`${pushSubscriptions.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
}

/**
 * The devices that are notified now: of accounts that are active and staff, by log-ins that are valid. `accountId`: only those of
 * one account. `except` are the ids of devices that are left out.
 */
export const findSubscriptions = (
  { orm }: Store,
  { accountId, except, now, limit }: { accountId: number | null; except: readonly number[]; now: number; limit: number },
): Promise<PushSubscription[]> =>
  orm
    .select({
      id: pushSubscriptions.id,
      endpoint: pushSubscriptions.endpoint,
      p256dh: pushSubscriptions.p256dh,
      auth: pushSubscriptions.auth,
    })
    .from(pushSubscriptions)
    .innerJoin(accounts, eq(accounts.id, pushSubscriptions.accountId))
    .innerJoin(credentials, eq(credentials.id, pushSubscriptions.credentialId))
    .where(
      and(
        accountId === null ? undefined : eq(pushSubscriptions.accountId, accountId),
        eq(accounts.isActive, true),
        hasFlag,
        gt(credentials.expiresAt, now),
        sql`${pushSubscriptions.id} NOT IN (SELECT value FROM json_each(${JSON.stringify(except)}))`,
      ),
    )
    .orderBy(pushSubscriptions.id)
    .limit(limit)
