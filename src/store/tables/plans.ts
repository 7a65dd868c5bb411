import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type PlanLocation, VISIBILITIES } from '../../model/plan.ts'
import { accounts } from './accounts.ts'

export const plans = sqliteTable('plans', {
  id: text().primaryKey(),
  creatorId: integer('creator_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  title: text().notNull(),
  description: text().notNull().default(''),
  location: text({ mode: 'json' }).$type<PlanLocation>().notNull(),
  startTime: integer('start_time'),
  endTime: integer('end_time').notNull(),
  visibility: text({ enum: VISIBILITIES }).notNull().default('public'),
  capacity: integer(),
  sequence: integer().notNull().default(0),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  /** Copy of the creator's `is_active`, maintained by a trigger. */
  isListed: integer('is_listed', { mode: 'boolean' }).notNull().default(true),
})

export const rsvps = sqliteTable('rsvps', {
  id: text().primaryKey(),
  planId: text('plan_id')
    .notNull()
    .references(() => plans.id, { onDelete: 'cascade' }),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  createdAt: integer('created_at').notNull(),
})

export const planDismissals = sqliteTable('plan_dismissals', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  planId: text('plan_id')
    .notNull()
    .references(() => plans.id, { onDelete: 'cascade' }),
  createdAt: integer('created_at').notNull(),
})
