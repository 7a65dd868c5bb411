import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { LINK_PURPOSES } from '../../model/one-time-link.ts'
import { accounts } from './accounts.ts'

export const oneTimeLinks = sqliteTable('one_time_links', {
  digest: text().primaryKey(),
  purpose: text({ enum: LINK_PURPOSES }).notNull(),
  subject: text().notNull(),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  usedAt: integer('used_at'),
})
