import { and, eq, ne, sql } from 'drizzle-orm'
import type { ErasureTarget } from '../model/account.ts'
import { countersOf } from './credentials.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { loginFailures } from './tables/credentials.ts'

export const findErasureTarget = async (store: Store, usernameKey: string): Promise<ErasureTarget | null> => {
  const { orm } = store
  const [account] = await orm
    .select({ id: accounts.id, username: accounts.username, picture: accounts.profilePicture })
    .from(accounts)
    .where(eq(accounts.usernameKey, usernameKey))
  if (!account?.picture) return account ?? null
  const [other] = await orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.profilePicture, account.picture), ne(accounts.id, account.id)))
    .limit(1)
  return other ? { ...account, picture: null } : account
}

interface ForeignKey {
  readonly table: string
  readonly column: string
}

/**
 * The columns that reference an account. They are read from the schema, so that no table is forgotten. D1 allows the pragma
 * as a statement but not as a table-valued function, so this runs one statement per table.
 */
const accountForeignKeys = async ({ orm }: Store): Promise<ForeignKey[]> => {
  const tables = await orm.all<{ name: string }>(
    sql`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES accounts%' ORDER BY name`,
  )
  const keys = await Promise.all(
    tables.map(({ name }) => orm.all<{ table: string; from: string }>(sql`PRAGMA foreign_key_list(${sql.identifier(name)})`)),
  )
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
  { id, who }: { id: number; who: string },
): Promise<Readonly<Record<string, number>> | null> => {
  const { orm } = store
  const keys = await accountForeignKeys(store)
  const [[counts], failures, deleted] = await orm.batch([
    orm.select(rowCounts(keys)).from(accounts).where(eq(accounts.id, id)),
    orm.delete(loginFailures).where(countersOf(who)).returning({ who: loginFailures.who }),
    orm.delete(accounts).where(eq(accounts.id, id)).returning({ id: accounts.id }),
  ])
  if (!counts || deleted.length === 0) return null
  const rows: Record<string, number> = { accounts: 1, login_failures: failures.length }
  for (const [index, { table }] of keys.entries()) rows[table] = (rows[table] ?? 0) + (counts[`c${index}`] ?? 0)
  return Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0))
}
