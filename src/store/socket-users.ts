import { desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import { auditInsert, auditInsertIfAccount } from './audit.ts'
import { flagsOfLogin } from './staff-rights.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'
import { revokedConnections, socketUsers } from './tables/support.ts'

/** The current state of a credential that an open connection uses. */
export interface AccessRights {
  readonly credentialId: string
  readonly isActive: boolean
  readonly isStaff: boolean
}

/** Those of the given credentials that still exist. One statement, however many ids are given. */
export const findAccessRights = (store: Store, credentialIds: readonly string[], isPasskeyRequired: boolean): Promise<AccessRights[]> =>
  store.orm
    .select({
      credentialId: credentials.id,
      isActive: accounts.isActive,
      isStaff: sql<boolean>`${flagsOfLogin(isPasskeyRequired)}`.mapWith(Boolean),
    })
    .from(credentials)
    .innerJoin(accounts, eq(accounts.id, credentials.accountId))
    .where(sql`${credentials.id} IN (SELECT value FROM json_each(${JSON.stringify(credentialIds)}))`)

/**
 * Records that an account opens a connection, before it is open. A request that revokes one of its credentials after this
 * finds the row and notifies the connections. A revocation before this is found by the connection itself: it checks its
 * access rights once it is open.
 */
export const recordSocketUser = async (store: Store, accountId: number): Promise<void> => {
  await insertSocketUser(store.orm, accountId)
}

const insertSocketUser = (orm: Store['orm'], accountId: number) => orm.insert(socketUsers).values({ accountId }).onConflictDoNothing()

/** The same for staff at the desk, recorded in the audit trail. */
export const recordDeskUser = async (store: Store, accountId: number, audit: NewAuditEntry): Promise<void> => {
  await store.orm.batch([insertSocketUser(store.orm, accountId), auditInsert(store.orm, audit)])
}

/** The same, and reads the person whose room the account joins; null if that person does not exist. */
export const recordSocketUserAndFindPerson = async (
  store: Store,
  accountId: number,
  personId: number,
  audit: NewAuditEntry,
): Promise<{ readonly username: string } | null> => {
  const { orm } = store
  const [, , [person]] = await orm.batch([
    insertSocketUser(orm, accountId),
    auditInsertIfAccount(orm, audit, eq(accounts.id, personId)),
    orm.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, personId)),
  ])
  return person ?? null
}

export interface RevokedConnection {
  readonly id: number
  readonly accountId: number
}

export const findRevokedConnections = (store: Store, after: number, limit: number): Promise<RevokedConnection[]> =>
  store.orm
    .select({ id: revokedConnections.id, accountId: revokedConnections.accountId })
    .from(revokedConnections)
    .where(gt(revokedConnections.id, after))
    .orderBy(revokedConnections.id)
    .limit(limit)

/** The id of the newest row before a point in time; 0 if there is none. */
export const findNewestRevokedConnectionId = async (store: Store, before: number): Promise<number> => {
  const [row] = await store.orm
    .select({ id: revokedConnections.id })
    .from(revokedConnections)
    .where(lt(revokedConnections.revokedAt, before))
    .orderBy(desc(revokedConnections.revokedAt), desc(revokedConnections.id))
    .limit(1)
  return row?.id ?? 0
}
