import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'

export const passkeys = sqliteTable('passkeys', {
  id: text().primaryKey(),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  webauthnId: text('webauthn_id').notNull().unique(),
  publicKey: text('public_key').notNull(),
  algorithm: integer().notNull(),
  signCount: integer('sign_count').notNull(),
  name: text().notNull(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at'),
})

export const passkeyEnrolments = sqliteTable('passkey_enrolments', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  digest: text().notNull(),
  expiresAt: integer('expires_at').notNull(),
})
