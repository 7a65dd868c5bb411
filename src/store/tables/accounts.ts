import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { FACILITY_TEXT_SIZES, FACILITY_THEMES } from '../../model/facility.ts'

/**
 * The files in this folder declare the tables as the queries see them. `migrations/` creates the tables, and has the reasons;
 * test/schema/schema.test.ts compares the two. What drizzle cannot express is only in `migrations/`: WITHOUT ROWID, triggers,
 * and the view of people search.
 */

export const accounts = sqliteTable(
  'accounts',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    objectId: text('object_id').notNull().unique(),
    username: text().notNull(),
    usernameKey: text('username_key').notNull().unique(),
    email: text().notNull().default(''),
    emailKey: text('email_key').unique(),
    phoneNumber: text('phone_number').unique(),
    password: text().notNull(),
    firstName: text('first_name').notNull().default(''),
    lastName: text('last_name').notNull().default(''),
    profilePicture: text('profile_picture'),
    subscriptionPlanId: integer('subscription_plan_id').references(() => subscriptionPlans.id, { onDelete: 'set null' }),
    isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
    isSuspended: integer('is_suspended', { mode: 'boolean' }).notNull().default(false),
    isAdmin: integer('is_admin', { mode: 'boolean' }).notNull().default(false),
    isStaff: integer('is_staff', { mode: 'boolean' }).notNull().default(false),
    isSuperuser: integer('is_superuser', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    lastLoginAt: integer('last_login_at'),
  },
  (table) => [
    index('accounts_by_plan').on(table.subscriptionPlanId).where(sql`${table.subscriptionPlanId} IS NOT NULL`),
    index('accounts_by_first_name').on(sql`lower(${table.firstName})`),
    index('accounts_by_last_name').on(sql`lower(${table.lastName})`),
    index('accounts_closed').on(table.updatedAt).where(sql`${table.isActive} = 0 AND ${table.isSuspended} = 0`),
    index('accounts_open').on(table.id).where(sql`${table.isActive} = 1`),
    index('accounts_users').on(table.id).where(sql`${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
    index('accounts_active_users')
      .on(table.id)
      .where(sql`${table.isActive} = 1 AND ${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
    index('accounts_inactive_users')
      .on(table.id)
      .where(sql`${table.isActive} = 0 AND ${table.isAdmin} = 0 AND ${table.isStaff} = 0 AND ${table.isSuperuser} = 0`),
  ],
)

export const erasures = sqliteTable('erasures', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
})

export const subscriptionPlans = sqliteTable(
  'subscription_plans',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    planType: text('plan_type').notNull(),
    startDate: text('start_date').notNull(),
    endDate: text('end_date').notNull(),
    status: text().notNull().default('active'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('subscription_plans_by_end').on(table.status, table.endDate)],
)

export const practiceProfiles = sqliteTable('practice_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  bio: text().notNull().default(''),
  location: text().notNull().default(''),
})

export const facilityProfiles = sqliteTable('facility_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  displayName: text('display_name').notNull().default(''),
  facilityId: text('facility_id').notNull().default(''),
  consent: integer({ mode: 'boolean' }).notNull().default(false),
  theme: text({ enum: FACILITY_THEMES }).notNull().default('light'),
  textSize: text('text_size', { enum: FACILITY_TEXT_SIZES }).notNull().default('txt-base'),
})

export const meetupProfiles = sqliteTable('meetup_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  dateOfBirth: text('date_of_birth'),
  bio: text().notNull().default(''),
})
