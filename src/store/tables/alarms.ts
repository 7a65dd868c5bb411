import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { PERSONAL_CHANNELS } from '../../model/alarm.ts'
import { accounts } from './accounts.ts'

export const openAlarms = sqliteTable('open_alarms', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  checkedAt: integer('checked_at').notNull(),
})

export const alarmHistories = sqliteTable('alarm_histories', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  oldestAt: integer('oldest_at').notNull(),
})

export const outbox = sqliteTable('outbox', {
  key: text().primaryKey(),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  channel: text({ enum: PERSONAL_CHANNELS }).notNull(),
  recipient: text().notNull(),
  address: text().notNull(),
  subject: text().notNull(),
  body: text().notNull(),
  createdAt: integer('created_at').notNull(),
  dueAt: integer('due_at'),
})
