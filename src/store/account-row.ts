import { getTableColumns } from 'drizzle-orm'
import { accounts } from './schema.ts'

const { password: _password, usernameKey: _usernameKey, emailKey: _emailKey, ...columns } = getTableColumns(accounts)
export const accountColumns = columns
