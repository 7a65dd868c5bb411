import { and, desc, eq, exists, gt, lt, ne, notExists, type SQL, sql } from 'drizzle-orm'
import { type Account, accountColumns } from './account-row.ts'
import { accounts, credentials, loginFailures } from './schema.ts'
import { prepared, type Store } from './store.ts'

export type CredentialKind = (typeof credentials.$inferSelect)['kind']

export interface NewCredential {
  readonly id: string
  readonly kind: CredentialKind
  readonly createdAt: number
  readonly expiresAt: number
  readonly day: string
  readonly userAgent: string
}

/** Gives a credential to the account that fulfils the condition when the statement runs; to nobody where none does. */
export const insertCredential = (orm: Store['orm'], credential: NewCredential, account: SQL | undefined) =>
  orm
    .insert(credentials)
    .select(
      orm
        .select({
          id: sql<string>`${credential.id}`.as('id'),
          accountId: accounts.id,
          kind: sql<CredentialKind>`${credential.kind}`.as('kind'),
          createdAt: sql<number>`${credential.createdAt}`.as('created_at'),
          expiresAt: sql<number>`${credential.expiresAt}`.as('expires_at'),
          lastSeenDay: sql<string>`${credential.day}`.as('last_seen_day'),
          userAgent: sql<string>`${credential.userAgent}`.as('user_agent'),
        })
        .from(accounts)
        .where(account),
    )
    .returning({ id: credentials.id })

const bearer = prepared((orm) =>
  orm
    .select({ account: accountColumns, credential: { id: credentials.id, lastSeenDay: credentials.lastSeenDay } })
    .from(accounts)
    .leftJoin(credentials, and(eq(credentials.id, sql.placeholder('credentialId')), eq(credentials.accountId, accounts.id)))
    .where(eq(accounts.id, sql.placeholder('accountId')))
    .prepare(),
)

export interface Bearer {
  readonly account: Account
  /** Null when it was revoked, or was never ours. */
  readonly credential: { readonly id: string; readonly lastSeenDay: string } | null
}

/** The account and its credential in one round trip: what every authenticated request asks. */
export const findBearer = async (store: Store, asked: { accountId: number; credentialId: string }): Promise<Bearer | null> =>
  (await bearer(store).get(asked)) ?? null

/** Once a day per credential, so that its owner can tell the living from the forgotten. */
export const markSeen = async (store: Store, credentialId: string, day: string): Promise<void> => {
  await store.orm
    .update(credentials)
    .set({ lastSeenDay: day })
    .where(and(eq(credentials.id, credentialId), ne(credentials.lastSeenDay, day)))
}

const isLocked = (orm: Store['orm'], who: string, now: number) =>
  orm
    .select({ one: sql`1` })
    .from(loginFailures)
    .where(and(eq(loginFailures.who, who), gt(loginFailures.lockedUntil, now)))

interface Login {
  readonly accountId: number
  readonly who: string
  readonly now: number
  readonly credential: NewCredential
  /** A hash in today's form, where the one that was just verified is old. */
  readonly rehash: { readonly from: string; readonly to: string } | null
}

/**
 * Writes down a log-in whose password was right. Guesses that run side by side may have locked the account since it was
 * read: then nothing is written, and the right password is refused as it would have been one guess later. The account
 * must still be active, for the same reason.
 */
export const insertLogin = async (store: Store, { accountId, who, now, credential, rehash }: Login): Promise<boolean> => {
  const { orm } = store
  const admitted = exists(orm.select({ one: sql`1` }).from(credentials).where(eq(credentials.id, credential.id)))
  const [inserted] = await orm.batch([
    insertCredential(orm, credential, and(eq(accounts.id, accountId), eq(accounts.isActive, true), notExists(isLocked(orm, who, now)))),
    orm
      .update(accounts)
      .set({
        lastLoginAt: now,
        ...(rehash && { password: sql`CASE WHEN ${accounts.password} = ${rehash.from} THEN ${rehash.to} ELSE ${accounts.password} END` }),
      })
      .where(and(eq(accounts.id, accountId), admitted)),
    orm.delete(loginFailures).where(and(eq(loginFailures.who, who), admitted)),
  ])
  return inserted.length > 0
}

export interface LockRule {
  readonly failures: number
  readonly windowMs: number
  readonly firstMs: number
  readonly longestMs: number
}

/** A lock that is older than this is forgotten, and the next one is short again. */
const LOCKS_FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000

/**
 * Counts a failed log-in, in one statement, so that no guess is lost when many come at once. The failure that reaches
 * the limit locks; what comes while it is locked is counted but does not make the lock longer, so nobody can keep
 * somebody else out for good.
 */
export const countFailure = async (store: Store, who: string, now: number, rule: LockRule) => {
  const locked = sql`${loginFailures.lockedUntil} > ${now}`
  const stale = sql`(${loginFailures.lockedUntil} > 0 OR ${loginFailures.since} <= ${now - rule.windowMs})`
  const count = sql`CASE WHEN ${locked} THEN ${loginFailures.failures} + 1 WHEN ${stale} THEN 1 ELSE ${loginFailures.failures} + 1 END`
  const recentLocks = sql`CASE WHEN ${loginFailures.since} <= ${now - LOCKS_FORGOTTEN_AFTER_MS} THEN 0 ELSE ${loginFailures.locks} END`
  const reached = sql`NOT (${locked}) AND (${count}) >= ${rule.failures}`
  const length = sql`MIN(${rule.longestMs}, ${rule.firstMs} * (1 << MIN(${recentLocks}, 20)))`
  const [row] = await store.orm
    .insert(loginFailures)
    .values({ who, failures: 1, since: now, lockedUntil: rule.failures <= 1 ? now + rule.firstMs : 0, locks: rule.failures <= 1 ? 1 : 0 })
    .onConflictDoUpdate({
      target: loginFailures.who,
      set: {
        failures: count,
        since: sql`CASE WHEN ${locked} THEN ${loginFailures.since} WHEN ${stale} THEN ${now} ELSE ${loginFailures.since} END`,
        locks: sql`CASE WHEN ${reached} THEN (${recentLocks}) + 1 WHEN ${locked} THEN ${loginFailures.locks} ELSE ${recentLocks} END`,
        lockedUntil: sql`CASE WHEN ${locked} THEN ${loginFailures.lockedUntil} WHEN ${reached} THEN ${now} + ${length} ELSE 0 END`,
      },
    })
    .returning({ failures: loginFailures.failures, lockedUntil: loginFailures.lockedUntil })
  return row ?? { failures: 1, lockedUntil: 0 }
}

/** What the revocation list must hold of a credential that was deleted. */
export interface ListedCredential {
  readonly id: string
  readonly expiresAt: number
  /** Whether its account has ever sat at a socket, and may do so now. */
  readonly hasSat: boolean
}

/** What a deletion tells of each credential that it deleted. */
export const listed = {
  id: credentials.id,
  expiresAt: credentials.expiresAt,
  hasSat: sql<boolean>`EXISTS (SELECT 1 FROM sitters WHERE sitters.account_id = credentials.account_id)`.mapWith(Boolean),
}

const deletion = prepared((orm) =>
  orm
    .delete(credentials)
    .where(and(eq(credentials.id, sql.placeholder('credentialId')), eq(credentials.accountId, sql.placeholder('accountId'))))
    .returning(listed)
    .prepare(),
)

/** Null where it was not there to be deleted. */
export const deleteCredential = async (store: Store, accountId: number, credentialId: string): Promise<ListedCredential | null> =>
  (await deletion(store).get({ accountId, credentialId })) ?? null

/** Deletes every credential of an account, or every one but the one that asks. */
export const deleteCredentials = (store: Store, accountId: number, except: string | null) =>
  store.orm
    .delete(credentials)
    .where(and(eq(credentials.accountId, accountId), ne(credentials.id, except ?? '')))
    .returning(listed)

export const findCredentials = (store: Store, accountId: number, now: number, limit: number) =>
  store.orm
    .select({
      id: credentials.id,
      kind: credentials.kind,
      createdAt: credentials.createdAt,
      lastSeenDay: credentials.lastSeenDay,
      userAgent: credentials.userAgent,
    })
    .from(credentials)
    .where(and(eq(credentials.accountId, accountId), gt(credentials.expiresAt, now)))
    .orderBy(desc(credentials.createdAt), desc(credentials.id))
    .limit(limit)

/** What the daily sweep takes away: credentials that ran out, and failures that nobody has added to for a day. */
export const sweepCredentials = async (store: Store, now: number): Promise<{ credentials: number; failures: number }> => {
  const { orm } = store
  const [dead, forgotten] = await orm.batch([
    orm.delete(credentials).where(lt(credentials.expiresAt, now)),
    orm.delete(loginFailures).where(and(lt(loginFailures.since, now - LOCKS_FORGOTTEN_AFTER_MS), lt(loginFailures.lockedUntil, now))),
  ])
  return { credentials: dead.meta.changes, failures: forgotten.meta.changes }
}

/** The refresh token's account, where both are alive. */
export const findRefreshable = async (store: Store, asked: { accountId: number; credentialId: string }): Promise<Account | null> => {
  const found = await bearer(store).get(asked)
  return found?.credential && found.account.isActive ? found.account : null
}

export const forgetFailures = async (store: Store, who: string): Promise<void> => {
  await store.orm.delete(loginFailures).where(eq(loginFailures.who, who))
}
