import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { type PlanLocation, VISIBILITIES } from '../../model/plan.ts'
import { accounts } from './accounts.ts'

export const plans = sqliteTable(
  'plans',
  {
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
  },
  (table) => [
    index('plans_public').on(table.id).where(sql`${table.visibility} = 'public' AND ${table.isListed} = 1`),
    index('plans_public_by_start').on(table.startTime, table.id).where(sql`${table.visibility} = 'public' AND ${table.isListed} = 1`),
    index('plans_of_person').on(table.creatorId, table.visibility, table.id),
    index('plans_of_person_by_start').on(table.creatorId, table.visibility, table.startTime, table.id),
  ],
)

export const rsvps = sqliteTable(
  'rsvps',
  {
    id: text().primaryKey(),
    planId: text('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    accountId: integer('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    unique().on(table.planId, table.accountId),
    index('rsvps_of_plan').on(table.planId, table.id),
    index('rsvps_of_person').on(table.accountId, table.id),
  ],
)

export const planDismissals = sqliteTable(
  'plan_dismissals',
  {
    accountId: integer('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    planId: text('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.planId] }), index('plan_dismissals_by_plan').on(table.planId)],
)
