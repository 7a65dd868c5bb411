import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CREDENTIAL_KINDS } from '../../model/credential.ts'
import { CHALLENGE_PURPOSES } from '../../model/passkey.ts'
import { accounts } from './accounts.ts'
import { passkeys } from './passkeys.ts'

export const credentials = sqliteTable('credentials', {
  id: text().primaryKey(),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  kind: text({ enum: CREDENTIAL_KINDS }).notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  lastSeenDay: text('last_seen_day').notNull(),
  userAgent: text('user_agent').notNull().default(''),
  passkeyId: text('passkey_id').references(() => passkeys.id, { onDelete: 'set null' }),
})

export const loginFailures = sqliteTable('login_failures', {
  who: text().primaryKey(),
  failures: integer().notNull(),
  since: integer().notNull(),
  locks: integer().notNull().default(0),
  lockedUntil: integer('locked_until').notNull().default(0),
})

export const loginNetworks = sqliteTable('login_networks', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  network: text().notNull(),
  lastAt: integer('last_at').notNull(),
})

export const passkeyChallenges = sqliteTable('passkey_challenges', {
  credentialId: text('credential_id')
    .primaryKey()
    .references(() => credentials.id, { onDelete: 'cascade' }),
  purpose: text({ enum: CHALLENGE_PURPOSES }).notNull(),
  challenge: text().notNull(),
  expiresAt: integer('expires_at').notNull(),
})
