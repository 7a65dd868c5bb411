import { getTableColumns } from 'drizzle-orm'
import { accounts } from './tables/accounts.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns
