import { and, eq, exists, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { ErasureTarget, StoredPictures } from '../model/account.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import { auditInsertIfAccount } from './audit.ts'
import { countersOf } from './credentials.ts'
import { rowsOf, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { loginFailures } from './tables/credentials.ts'
import { matrimonyProfiles } from './tables/matrimony.ts'

export const findErasureTarget = async (store: Store, usernameKey: string): Promise<ErasureTarget | null> => {
  const [account] = await store.orm
    .select({ id: accounts.id, username: accounts.username })
    .from(accounts)
    .where(eq(accounts.usernameKey, usernameKey))
  return account ?? null
}

const others = alias(accounts, 'others')

export const findStoredPictures = async (store: Store, accountId: number): Promise<StoredPictures> => {
  const isShared = exists(
    store.orm
      .select({ id: others.id })
      .from(others)
      .where(and(eq(others.profilePicture, accounts.profilePicture), ne(others.id, accounts.id))),
  )
  const [pictures] = await store.orm
    .select({ picture: sql<string | null>`CASE WHEN NOT ${isShared} THEN ${accounts.profilePicture} END`, image: matrimonyProfiles.image })
    .from(accounts)
    .leftJoin(matrimonyProfiles, eq(matrimonyProfiles.accountId, accounts.id))
    .where(eq(accounts.id, accountId))
  return pictures ?? { picture: null, image: null }
}

/** Those of the given ids that no account has. */
export const findMissingAccounts = async ({ orm }: Store, ids: readonly number[]): Promise<number[]> => {
  const rows = await rowsOf<{ id: number }>(
    orm,
    sql`SELECT value AS id FROM json_each(${JSON.stringify(ids)}) WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = value)`,
  )
  return rows.map(({ id }) => id)
}

interface ForeignKey {
  readonly table: string
  readonly column: string
}

/**
 * The columns that reference an account. They are read from the schema, so that no table is forgotten. D1 allows the pragma
 * as a statement but not as a table-valued function, so this runs one statement per table, all in one batch.
 */
export const findAccountForeignKeys = async ({ orm }: Store): Promise<ForeignKey[]> => {
  const tables = await orm.all<{ name: string }>(
    sql`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES accounts%' ORDER BY name`,
  )
  const keysOf = ({ name }: { name: string }) =>
    rowsOf<{ table: string; from: string }>(orm, sql`PRAGMA foreign_key_list(${sql.identifier(name)})`)
  const [first, ...others] = tables
  if (!first) return []
  const keys = await orm.batch([keysOf(first), ...others.map(keysOf)])
  return keys.flatMap((ofTable, index) =>
    ofTable.filter(({ table }) => table === 'accounts').map(({ from: column }) => ({ table: tables[index]?.name ?? '', column })),
  )
}

/** One result column per key instead of one row: D1 allows at most five SELECTs in a UNION. */
const rowCounts = (keys: readonly ForeignKey[]) =>
  Object.fromEntries(
    keys.map(({ table, column }, index) => {
      const count = sql`SELECT count(*) FROM ${sql.identifier(table)} AS belonging WHERE belonging.${sql.identifier(column)} = ${accounts}.id`
      return [`c${index}`, sql<number>`(${count})`.as(`c${index}`)]
    }),
  )

/**
 * Deletes an account and all of its rows: every table that references it has ON DELETE CASCADE. The rows are counted first,
 * in the same batch, so the returned numbers are what was deleted.
 */
export const deleteAccount = async (
  store: Store,
  { id, who, audit, keys }: { id: number; who: string; audit: NewAuditEntry; keys: readonly ForeignKey[] },
): Promise<Readonly<Record<string, number>> | null> => {
  const { orm } = store
  const [[counts], failures, , deleted] = await orm.batch([
    orm.select(rowCounts(keys)).from(accounts).where(eq(accounts.id, id)),
    orm.delete(loginFailures).where(countersOf(who)).returning({ who: loginFailures.who }),
    auditInsertIfAccount(orm, audit, eq(accounts.id, id)),
    orm.delete(accounts).where(eq(accounts.id, id)).returning({ id: accounts.id }),
  ])
  if (!counts || deleted.length === 0) return null
  const rows: Record<string, number> = { accounts: 1, login_failures: failures.length }
  for (const [index, { table }] of keys.entries()) rows[table] = (rows[table] ?? 0) + (counts[`c${index}`] ?? 0)
  return Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0))
}
