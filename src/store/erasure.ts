import { and, eq, ne, sql } from 'drizzle-orm'
import { accounts, loginFailures } from './schema.ts'
import type { Store } from './store.ts'

export interface ErasureTarget {
  readonly id: number
  readonly username: string
  /** The path of their picture, unless somebody else shows the same one: anybody may write any path. */
  readonly picture: string | null
}

export const findErasureTarget = async (store: Store, usernameKey: string): Promise<ErasureTarget | null> => {
  const { orm } = store
  const [found] = await orm
    .select({ id: accounts.id, username: accounts.username, picture: accounts.profilePicture })
    .from(accounts)
    .where(eq(accounts.usernameKey, usernameKey))
  if (!found?.picture) return found ?? null
  const [other] = await orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.profilePicture, found.picture), ne(accounts.id, found.id)))
    .limit(1)
  return other ? { ...found, picture: null } : found
}

interface Key {
  readonly table: string
  readonly column: string
}

/**
 * Which columns of which tables belong to an account: read out of the schema, so that no table is forgotten. D1 lets the
 * pragma be asked as a statement and not as a table, hence one for each.
 */
const belongings = async ({ orm }: Store): Promise<Key[]> => {
  const tables = await orm.all<{ name: string }>(
    sql`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES accounts%' ORDER BY name`,
  )
  const keys = await Promise.all(
    tables.map(({ name }) => orm.all<{ table: string; from: string }>(sql`PRAGMA foreign_key_list(${sql.identifier(name)})`)),
  )
  return keys.flatMap((found, index) =>
    found.filter(({ table }) => table === 'accounts').map(({ from: column }) => ({ table: tables[index]?.name ?? '', column })),
  )
}

/** One column per key and not one row: D1 joins no more than five SELECTs by UNION. */
const counted = (keys: readonly Key[]) =>
  Object.fromEntries(
    keys.map(({ table, column }, index) => {
      const theirs = sql`SELECT count(*) FROM ${sql.identifier(table)} AS belonging WHERE belonging.${sql.identifier(column)} = ${accounts}.id`
      return [`c${index}`, sql<number>`(${theirs})`.as(`c${index}`)]
    }),
  )

/**
 * Deletes an account and with it, since every table errorResponse ON DELETE CASCADE, every row that is its own. Counted first, in
 * the same batch: what is said to be removed is what was there.
 */
export const deleteAccount = async (
  store: Store,
  { id, who }: { id: number; who: string },
): Promise<Readonly<Record<string, number>> | null> => {
  const { orm } = store
  const keys = await belongings(store)
  const [[counts], failures, gone] = await orm.batch([
    orm.select(counted(keys)).from(accounts).where(eq(accounts.id, id)),
    orm.delete(loginFailures).where(eq(loginFailures.who, who)).returning({ who: loginFailures.who }),
    orm.delete(accounts).where(eq(accounts.id, id)).returning({ id: accounts.id }),
  ])
  if (!counts || gone.length === 0) return null
  const rows: Record<string, number> = { accounts: 1, login_failures: failures.length }
  for (const [index, { table }] of keys.entries()) rows[table] = (rows[table] ?? 0) + (counts[`c${index}`] ?? 0)
  return Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0))
}
