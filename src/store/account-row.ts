import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type ContractNames, STAFF_FLAGS, type StaffFlag } from '../model/account.ts'
import type { ContractName } from '../model/contract.ts'
import { accounts } from './tables/accounts.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)

/** Of an index with few rows, so this costs next to nothing. The names are literals, because RETURNING would lose the tables. */
const allContractNames =
  sql`(SELECT json_group_object(contract, name) FROM contract_names WHERE contract_names.account_id = accounts.id)`.mapWith(
    (value: string): ContractNames => JSON.parse(value),
  )

export const accountColumns = { ...columns, contractNames: allContractNames.as('contract_names') }

/** The username that a contract shows for a row of `accounts`. */
export const usernameIn = (contract: ContractName) =>
  sql<string>`coalesce((SELECT name FROM contract_names WHERE contract_names.account_id = accounts.id AND contract = ${sql.raw(`'${contract}'`)}), accounts.username)`

const FLAG_COLUMNS = STAFF_FLAGS.map((flag) => columns[flag].name)

/**
 * SQL condition: the account is not staff. `account` is its name in the statement. The text is the same as in the partial
 * indexes, with literals: with bound parameters SQLite would not use these indexes.
 */
export const withoutFlags = (account = 'accounts'): SQL => sql.raw(FLAG_COLUMNS.map((flag) => `${account}.${flag} = 0`).join(' AND '))

/** SQL condition: the account is staff. */
export const hasFlag = sql<boolean>`(${sql.join(
  STAFF_FLAGS.map((flag) => sql`${columns[flag]}`),
  sql` OR `,
)})`.mapWith(Boolean)

/** The rank of an account in SQL: `ranks` lists the flags from the lowest rank to the highest. */
const rankIn = (table: Record<StaffFlag, SQLiteColumn>, ranks: readonly StaffFlag[]): SQL => {
  const cases = ranks.map((flag, index) => sql`WHEN ${table[flag]} THEN ${sql.raw(String(index + 1))}`).reverse()
  return sql`CASE ${sql.join(cases, sql` `)} ELSE 0 END`
}

/** Who acts on an account, and the flags from the lowest rank to the highest. */
export interface ActingAccount {
  readonly id: number
  readonly ranks: readonly StaffFlag[]
}

const actors = alias(accounts, 'actor')

/**
 * Whether the acting account is not of a lower rank than the row of `accounts`. Both ranks are read when the statement runs:
 * a flag that was taken away or given a moment ago counts.
 */
export const isNotOutranked = ({ id, ranks }: ActingAccount): SQL =>
  sql`${rankIn(accounts, ranks)} <= (SELECT ${rankIn(actors, ranks)} FROM ${accounts} AS actor WHERE ${actors.id} = ${id})`
