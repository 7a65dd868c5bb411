import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'

export const socketUsers = sqliteTable('socket_users', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
})

export const revokedConnections = sqliteTable('revoked_connections', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  revokedAt: integer('revoked_at').notNull(),
})
