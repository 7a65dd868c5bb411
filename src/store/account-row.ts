import { getTableColumns } from 'drizzle-orm'
import { accounts } from './schema.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns

/** An account as the rest of the program sees it: all but the hash and what only the unique keys compare. */
export type Account = Omit<typeof accounts.$inferSelect, 'password' | 'usernameKey' | 'emailKey'>
