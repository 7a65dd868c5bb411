import { getTableColumns } from 'drizzle-orm'
import { accounts } from './schema.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns

/** An account as the rest of the program sees it: without the password hash and without the normalised unique keys. */
export type Account = Omit<typeof accounts.$inferSelect, 'password' | 'usernameKey' | 'emailKey'>
