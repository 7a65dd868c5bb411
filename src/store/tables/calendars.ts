import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const calendarFeeds = sqliteTable('calendar_feeds', {
  accountId: integer('account_id').primaryKey(),
  token: text().notNull(),
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
})

export const cancelledPlanPeople = sqliteTable('cancelled_plan_people', {
  accountId: integer('account_id').notNull(),
  planId: text('plan_id').notNull(),
})
