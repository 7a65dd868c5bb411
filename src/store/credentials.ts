import { and, desc, eq, exists, gt, gte, lt, ne, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { Account } from '../model/account.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import type { CredentialKind, NewCredential, RevokedCredential, StoredCredential } from '../model/credential.ts'
import { LOCKS_FORGOTTEN_AFTER_MS, type LockRule } from '../model/login-lock.ts'
import { MAX_DOUBLINGS } from '../model/retry.ts'
import { accountColumns } from './account-row.ts'
import { auditInsert } from './audit.ts'
import { prepared, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials, loginFailures, loginNetworks } from './tables/credentials.ts'
import { quotaUses } from './tables/quotas.ts'

/** Inserts a credential for the account that fulfils the condition when the statement runs; inserts nothing if none does. */
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
          passkeyId: sql<null>`NULL`.as('passkey_id'),
        })
        .from(accounts)
        .where(account),
    )
    .returning({ id: credentials.id })

const accountAndCredential = prepared((orm) =>
  orm
    .select({ account: accountColumns, credential: { kind: credentials.kind } })
    .from(accounts)
    .leftJoin(credentials, and(eq(credentials.id, sql.placeholder('credentialId')), eq(credentials.accountId, accounts.id)))
    .where(eq(accounts.id, sql.placeholder('accountId')))
    .prepare(),
)

/** Counts a request that has a daily quota, in one statement, so that concurrent requests are all counted. */
export const quotaUse = prepared((orm) =>
  orm
    .insert(quotaUses)
    .select(
      orm
        .select({
          accountId: accounts.id,
          quota: sql<string>`${sql.placeholder('quota')}`.as('quota'),
          day: sql<string>`${sql.placeholder('day')}`.as('day'),
          uses: sql<number>`1`.as('uses'),
        })
        .from(accounts)
        .where(eq(accounts.id, sql.placeholder('accountId'))),
    )
    .onConflictDoUpdate({
      target: [quotaUses.accountId, quotaUses.quota],
      set: {
        day: sql`${sql.placeholder('day')}`,
        uses: sql`CASE ${quotaUses.day} WHEN ${sql.placeholder('day')} THEN ${quotaUses.uses} + 1 ELSE 1 END`,
      },
    })
    .prepare(),
)

/** Written once a day per credential, so that its owner can see which credentials are still in use. */
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

interface NewLogin {
  /** The account with the password hash that was verified. */
  readonly account: { readonly id: number; readonly password: string }
  readonly who: string
  readonly network: string
  readonly now: number
  readonly credential: NewCredential
  /** The password hashed with the current algorithm, if the hash that was just verified is outdated. */
  readonly rehash: string | null
  readonly audit: NewAuditEntry
}

/**
 * Records a log-in with a correct password. The statement checks again what was true when the account was read: its password
 * hash is still the verified one, it is active, and it is not locked. So a log-in with the old password that races with a
 * password change leaves no credential behind, and the correct password fails once concurrent failures have locked the account.
 */
export const insertLogin = async (store: Store, { account, who, network, now, credential, rehash, audit }: NewLogin): Promise<boolean> => {
  const { orm } = store
  const isInserted = exists(orm.select({ one: sql`1` }).from(credentials).where(eq(credentials.id, credential.id)))
  const isUnchanged = and(eq(accounts.id, account.id), eq(accounts.password, account.password), eq(accounts.isActive, true))
  const [inserted] = await orm.batch([
    insertCredential(orm, credential, and(isUnchanged, notExists(isLocked(orm, who, now)))),
    orm
      .update(accounts)
      .set({ lastLoginAt: now, ...(rehash !== null && { password: rehash }) })
      .where(and(eq(accounts.id, account.id), isInserted)),
    orm.delete(loginFailures).where(and(eq(loginFailures.who, who), isInserted)),
    orm
      .insert(loginNetworks)
      .select(
        orm
          .select({ accountId: accounts.id, network: sql<string>`${network}`.as('network'), lastAt: sql<number>`${now}`.as('last_at') })
          .from(accounts)
          .where(and(eq(accounts.id, account.id), isInserted)),
      )
      .onConflictDoUpdate({ target: [loginNetworks.accountId, loginNetworks.network], set: { lastAt: now } }),
    auditInsert(orm, audit, isInserted),
  ])
  return inserted.length > 0
}

interface FailureCounter {
  readonly who: string
  readonly rule: LockRule
  /** Whether its lock is one of a username, and recorded in the audit trail. */
  readonly isOfUsername: boolean
}

interface CountedFailures {
  readonly failures: number
  readonly lockedUntil: number
}

/**
 * Counts a failed log-in by each of the counters, each in one statement, so that concurrent failures are all counted. The
 * failure that reaches a limit locks. Failures during a lock are counted but do not extend it, so an attacker cannot lock out
 * the owner permanently. The audit trail gets an entry for each failure, and one for the failure that locks the username.
 */
export const countLoginFailure = async (
  store: Store,
  now: number,
  counters: readonly [FailureCounter, ...FailureCounter[]],
  audit: { readonly failed: NewAuditEntry; readonly locked: NewAuditEntry },
): Promise<CountedFailures[]> => {
  const { orm } = store
  const [first, ...others] = counters
  const hasJustLocked = counters
    .filter(({ isOfUsername }) => isOfUsername)
    .map(({ who, rule }) =>
      and(eq(loginFailures.who, who), gt(loginFailures.lockedUntil, now), eq(loginFailures.failures, Math.max(1, rule.failures))),
    )
  const locking = orm
    .select({ one: sql`1` })
    .from(loginFailures)
    .where(or(...hasJustLocked) ?? sql`false`)
  const results = await orm.batch([
    countFailure(store, now, first),
    ...others.map((counter) => countFailure(store, now, counter)),
    auditInsert(orm, audit.failed),
    auditInsert(orm, audit.locked, exists(locking)),
  ])
  // Each count returns one row, in the order of the counters. The other statements return none.
  return results.flatMap((result) => (Array.isArray(result) ? result : []))
}

const countFailure = (store: Store, now: number, { who, rule }: FailureCounter) => {
  const isLockedNow = sql`${loginFailures.lockedUntil} > ${now}`
  const isWindowOver = sql`(${loginFailures.lockedUntil} > 0 OR ${loginFailures.since} <= ${now - rule.windowMs})`
  const count = sql`CASE WHEN ${isLockedNow} THEN ${loginFailures.failures} + 1 WHEN ${isWindowOver} THEN 1 ELSE ${loginFailures.failures} + 1 END`
  const recentLocks = sql`CASE WHEN ${loginFailures.since} <= ${now - LOCKS_FORGOTTEN_AFTER_MS} THEN 0 ELSE ${loginFailures.locks} END`
  const reachesLimit = sql`NOT (${isLockedNow}) AND (${count}) >= ${rule.failures}`
  const lockMs = sql`MIN(${rule.longestMs}, ${rule.firstMs} * (1 << MIN(${recentLocks}, ${sql.raw(String(MAX_DOUBLINGS))})))`
  return store.orm
    .insert(loginFailures)
    .values({ who, failures: 1, since: now, lockedUntil: rule.failures <= 1 ? now + rule.firstMs : 0, locks: rule.failures <= 1 ? 1 : 0 })
    .onConflictDoUpdate({
      target: loginFailures.who,
      set: {
        failures: count,
        since: sql`CASE WHEN ${isLockedNow} THEN ${loginFailures.since} WHEN ${isWindowOver} THEN ${now} ELSE ${loginFailures.since} END`,
        locks: sql`CASE WHEN ${reachesLimit} THEN (${recentLocks}) + 1 WHEN ${isLockedNow} THEN ${loginFailures.locks} ELSE ${recentLocks} END`,
        lockedUntil: sql`CASE WHEN ${isLockedNow} THEN ${loginFailures.lockedUntil} WHEN ${reachesLimit} THEN ${now} + ${lockMs} ELSE 0 END`,
      },
    })
    .returning({ failures: loginFailures.failures, lockedUntil: loginFailures.lockedUntil })
}

/** The columns that a deletion returns for each deleted credential. */
export const revokedColumns = {
  id: credentials.id,
  expiresAt: credentials.expiresAt,
  isSocketUser: sql<boolean>`EXISTS (SELECT 1 FROM socket_users WHERE socket_users.account_id = credentials.account_id)`.mapWith(Boolean),
}

const deletion = prepared((orm) =>
  orm
    .delete(credentials)
    .where(and(eq(credentials.id, sql.placeholder('credentialId')), eq(credentials.accountId, sql.placeholder('accountId'))))
    .returning(revokedColumns)
    .prepare(),
)

/** Null if there was no such credential. */
export const deleteCredential = async (store: Store, accountId: number, credentialId: string): Promise<RevokedCredential | null> =>
  (await deletion(store).get({ accountId, credentialId })) ?? null

/** Deletes all credentials of an account, optionally except one (the credential of the caller). */
export const deleteCredentials = (store: Store, accountId: number, except: string | null) =>
  store.orm
    .delete(credentials)
    .where(and(eq(credentials.accountId, accountId), ne(credentials.id, except ?? '')))
    .returning(revokedColumns)

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

const stored = prepared((orm) =>
  orm
    .select({
      accountId: credentials.accountId,
      kind: credentials.kind,
      createdAt: credentials.createdAt,
      expiresAt: credentials.expiresAt,
    })
    .from(credentials)
    .where(eq(credentials.id, sql.placeholder('credentialId')))
    .prepare(),
)

export const findStoredCredential = async (store: Store, credentialId: string): Promise<StoredCredential | null> =>
  (await stored(store).get({ credentialId })) ?? null

/** The account of a refresh token, if the credential is valid and the account is active. */
export const findRefreshable = async (store: Store, ids: { accountId: number; credentialId: string }): Promise<Account | null> => {
  const row = await accountAndCredential(store).get(ids)
  return row?.credential && row.account.isActive ? row.account : null
}

/** All counters of a username: the one for all addresses together, and those that begin with it. */
export const countersOf = (who: string): SQL | undefined =>
  or(eq(loginFailures.who, who), and(gte(loginFailures.who, `${who}:`), lt(loginFailures.who, `${who};`)))

/** Returns until when the failures would have locked the account; 0 if they would not have. `who`: one key for each of its names. */
export const deleteLoginFailures = async (store: Store, who: readonly string[]): Promise<number> => {
  const deleted = await store.orm
    .delete(loginFailures)
    .where(or(sql`false`, ...who.map(countersOf)))
    .returning({ lockedUntil: loginFailures.lockedUntil })
  return Math.max(0, ...deleted.map(({ lockedUntil }) => lockedUntil))
}
