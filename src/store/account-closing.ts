import { and, eq, exists, type SQL, sql } from 'drizzle-orm'
import type { Account } from '../model/account.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import { type ActingAccount, accountColumns, isNotOutranked } from './account-row.ts'
import { auditInsertIfAccount } from './audit.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'

export const inactiveAccount = (orm: Store['orm'], id: number) =>
  orm
    .select({ one: sql`1` })
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.isActive, false)))

const isActive = (id: number) => and(eq(accounts.id, id), eq(accounts.isActive, true))

/** Deactivates an account, if it is active. */
const deactivate = (orm: Store['orm'], id: number, changes: { isSuspended?: true; updatedAt: number }, condition?: SQL) =>
  orm
    .update(accounts)
    .set({ isActive: false, ...changes })
    .where(and(isActive(id), condition))
    .returning(accountColumns)

/**
 * Deactivates an account and deletes all of its credentials, in one batch. Null if it is inactive already or does not exist.
 * `verified`: the password hash that has been verified, if the password was asked for. If another request has replaced it
 * since, nothing is changed.
 */
export const deactivateAccount = async (
  store: Store,
  id: number,
  { now, audit, verified }: { now: number; audit: NewAuditEntry; verified?: string },
): Promise<Account | null> => {
  const { orm } = store
  const isVerified = verified === undefined ? undefined : eq(accounts.password, verified)
  const [, deactivated] = await orm.batch([
    auditInsertIfAccount(orm, audit, and(isActive(id), isVerified)),
    deactivate(orm, id, { updatedAt: now }, isVerified),
    orm.delete(credentials).where(and(eq(credentials.accountId, id), exists(inactiveAccount(orm, id)))),
  ])
  return deactivated[0] ?? null
}

interface Suspension {
  readonly suspended: Account | null
  /** Null if there is no such account. */
  readonly before: { readonly username: string; readonly isActive: boolean } | null
}

/**
 * The same, done by an administrator, and marked as such. An account of a higher rank than the administrator's stays as it
 * is. The account is read first, to find out why nothing was changed.
 */
export const suspendAccount = async (
  store: Store,
  id: number,
  by: ActingAccount,
  { now, audit }: { now: number; audit: NewAuditEntry },
): Promise<Suspension> => {
  const { orm } = store
  const [before, , suspended] = await orm.batch([
    orm.select({ username: accounts.username, isActive: accounts.isActive }).from(accounts).where(eq(accounts.id, id)),
    auditInsertIfAccount(orm, audit, and(isActive(id), isNotOutranked(by))),
    deactivate(orm, id, { isSuspended: true, updatedAt: now }, isNotOutranked(by)),
    orm.delete(credentials).where(and(eq(credentials.accountId, id), exists(inactiveAccount(orm, id)))),
  ])
  return { suspended: suspended[0] ?? null, before: before[0] ?? null }
}
