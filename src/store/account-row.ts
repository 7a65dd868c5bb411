import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { STAFF_FLAGS } from '../model/account.ts'
import { accounts } from './schema.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns

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
