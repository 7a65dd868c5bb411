import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { FACILITY_TEXT_SIZES, FACILITY_THEMES } from '../../model/facility.ts'

/**
 * The files in this folder declare the tables as the queries see them. `migrations/` creates the tables, and has the reasons;
 * test/schema/schema.test.ts compares the two. What drizzle cannot express is only in `migrations/`: WITHOUT ROWID, triggers,
 * and the view of people search.
 */

export const accounts = sqliteTable('accounts', {
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
})

export const erasures = sqliteTable('erasures', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
})

export const subscriptionPlans = sqliteTable('subscription_plans', {
  id: integer().primaryKey({ autoIncrement: true }),
  planType: text('plan_type').notNull(),
  startDate: text('start_date').notNull(),
  endDate: text('end_date').notNull(),
  status: text().notNull().default('active'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const practiceProfiles = sqliteTable('practice_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  bio: text().notNull().default(''),
  location: text().notNull().default(''),
  formerId: integer('former_id'),
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
  formerUuid: text('former_uuid'),
})

export const meetupProfiles = sqliteTable('meetup_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  dateOfBirth: text('date_of_birth'),
  bio: text().notNull().default(''),
})
