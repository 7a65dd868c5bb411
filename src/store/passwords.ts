import { and, eq, exists, getTableColumns, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { Notice } from '../model/account-notices.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import type { ContractName } from '../model/contract.ts'
import type { RevokedCredential } from '../model/credential.ts'
import { insertNotices, type NoticeContext } from './account-notices.ts'
import { accountColumns } from './account-row.ts'
import { auditInsertIfAccount } from './audit.ts'
import { revokedColumns } from './credentials.ts'
import type { Store } from './store.ts'
import { accounts, facilityProfiles, practiceProfiles } from './tables/accounts.ts'
import { credentials, loginFailures, loginNetworks } from './tables/credentials.ts'

const { accountId: _accountId, ...facilityColumns } = getTableColumns(facilityProfiles)

interface LoginQuery {
  readonly network: string
  readonly counters: readonly string[]
}

interface TypedName {
  readonly contract: ContractName
  readonly username: string
  readonly usernameKey: string
}

/**
 * All data that a login attempt needs, in one round trip: the account, its password hash, whether it has logged in from this
 * network before, and until when each counter locks. The name is looked up first among the names of the contract, as it was
 * typed: its original server distinguished `etan` from `Etan`. If there is none, it is looked up as a username of all contracts, and
 * then, in any case, as the only such name of the contract: it may have been the username of an account that was joined.
 */
export const findForLogin = (store: Store, { contract, username, usernameKey }: TypedName, query: LoginQuery) =>
  findWithPassword(
    store,
    sql`coalesce((SELECT account_id FROM contract_names WHERE contract = ${contract} AND name = ${username}),
      (SELECT id FROM accounts WHERE username_key = ${usernameKey}),
      (SELECT CASE count(*) WHEN 1 THEN account_id END FROM contract_names WHERE name_key = ${usernameKey} AND contract = ${contract}))`,
    query,
  )

/** The same for an account that has logged in. */
export const findForConfirmation = (store: Store, accountId: number, query: LoginQuery) => findWithPassword(store, sql`${accountId}`, query)

const findWithPassword = async (store: Store, accountId: SQL, { network, counters }: LoginQuery) => {
  const { orm } = store
  const known = orm
    .select({ one: sql`1` })
    .from(loginNetworks)
    .where(and(eq(loginNetworks.accountId, accounts.id), eq(loginNetworks.network, network)))
  const [stored, failures] = await orm.batch([
    orm
      .select({
        account: accountColumns,
        password: accounts.password,
        practice: { bio: practiceProfiles.bio, location: practiceProfiles.location, formerId: practiceProfiles.formerId },
        facility: facilityColumns,
        isKnownNetwork: sql<boolean>`${exists(known)}`.mapWith(Boolean).as('is_known_network'),
      })
      .from(accounts)
      .leftJoin(practiceProfiles, eq(practiceProfiles.accountId, accounts.id))
      .leftJoin(facilityProfiles, eq(facilityProfiles.accountId, accounts.id))
      .where(eq(accounts.id, accountId)),
    orm
      .select({ who: loginFailures.who, lockedUntil: loginFailures.lockedUntil })
      .from(loginFailures)
      .where(inArray(loginFailures.who, counters)),
  ])
  return { stored: stored[0] ?? null, locks: failures }
}

interface NewPassword {
  readonly id: number
  /** The old hash and the new one. */
  readonly from: string
  readonly to: string
  /** The id of the credential that stays valid. */
  readonly keep: string
  readonly now: number
  readonly audit: NewAuditEntry
  readonly notice: Notice
  readonly notices: NoticeContext
}

const ALWAYS = sql`true`

/**
 * Replaces a password and deletes all credentials except the caller's. Of two concurrent replacements the second one finds
 * another hash than the one it verified: it changes nothing and returns null. So does one whose account has been closed
 * since: its owner may be erasing it.
 */
export const replacePassword = async (
  store: Store,
  { id, from, to, keep, now, audit, notice, notices }: NewPassword,
): Promise<readonly RevokedCredential[] | null> => {
  const { orm } = store
  const isVerified = and(eq(accounts.id, id), eq(accounts.password, from), eq(accounts.isActive, true))
  const [, , , replaced, revoked] = await orm.batch([
    auditInsertIfAccount(orm, audit, isVerified),
    ...insertNotices(orm, [{ differs: ALWAYS, notice }], isVerified, notices),
    orm.update(accounts).set({ password: to, updatedAt: now }).where(isVerified).returning({ id: accounts.id }),
    orm
      .delete(credentials)
      .where(
        and(
          eq(credentials.accountId, id),
          ne(credentials.id, keep),
          exists(
            orm
              .select({ one: sql`1` })
              .from(accounts)
              .where(and(eq(accounts.id, id), eq(accounts.password, to))),
          ),
        ),
      )
      .returning(revokedColumns),
  ])
  return replaced.length > 0 ? revoked : null
}

/** Replaces a password, whatever it was, and deletes all credentials. Null if there is no such account. */
export const overwritePassword = async (
  store: Store,
  { id, to, now, notice, notices }: Omit<NewPassword, 'from' | 'keep' | 'audit'>,
): Promise<readonly RevokedCredential[] | null> => {
  const { orm } = store
  const [, , replaced, revoked] = await orm.batch([
    ...insertNotices(orm, [{ differs: ALWAYS, notice }], eq(accounts.id, id), notices),
    orm.update(accounts).set({ password: to, updatedAt: now }).where(eq(accounts.id, id)).returning({ id: accounts.id }),
    orm.delete(credentials).where(eq(credentials.accountId, id)).returning(revokedColumns),
  ])
  return replaced.length > 0 ? revoked : null
}
