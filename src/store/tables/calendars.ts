import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'

export const calendarFeeds = sqliteTable('calendar_feeds', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  token: text().notNull().unique(),
  createdAt: integer('created_at').notNull(),
})

export const cancelledPlans = sqliteTable('cancelled_plans', {
  id: text().primaryKey(),
  title: text().notNull(),
  startTime: integer('start_time'),
  endTime: integer('end_time').notNull(),
  sequence: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  cancelledAt: integer('cancelled_at').notNull(),
  creatorId: integer('creator_id').references(() => accounts.id, { onDelete: 'cascade' }),
})

export const cancelledPlanPeople = sqliteTable('cancelled_plan_people', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  planId: text('plan_id')
    .notNull()
    .references(() => cancelledPlans.id, { onDelete: 'cascade' }),
})
