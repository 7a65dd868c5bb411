import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { accounts } from './tables/accounts.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns

type Flag = 'isStaff' | 'isAdmin' | 'isSuperuser'

/** The rank of an account in SQL: `ranks` lists the flags from the lowest rank to the highest. */
const rankIn = (table: Record<Flag, SQLiteColumn>, ranks: readonly Flag[]): SQL => {
  const cases = ranks.map((flag, index) => sql`WHEN ${table[flag]} THEN ${sql.raw(String(index + 1))}`).reverse()
  return sql`CASE ${sql.join(cases, sql` `)} ELSE 0 END`
}

/** Who acts on an account, and the flags from the lowest rank to the highest. */
export interface ActingAccount {
  readonly id: number
  readonly ranks: readonly Flag[]
}

const actors = alias(accounts, 'actor')

/**
 * Whether the acting account is not of a lower rank than the row of `accounts`. Both ranks are read when the statement runs:
 * a flag that was taken away or given a moment ago counts.
 */
export const isNotOutranked = ({ id, ranks }: ActingAccount): SQL =>
  sql`${rankIn(accounts, ranks)} <= (SELECT ${rankIn(actors, ranks)} FROM ${accounts} AS actor WHERE ${actors.id} = ${id})`
