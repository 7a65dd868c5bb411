import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CREDENTIAL_KINDS } from '../model/credential.ts'
import { type PlanLocation, VISIBILITIES } from '../model/plan.ts'

/** The tables as the queries see them. Constraints (keys, checks) and indexes are in `migrations/`. */

export const accounts = sqliteTable('accounts', {
  id: integer().primaryKey({ autoIncrement: true }),
  objectId: text('object_id').notNull(),
  username: text().notNull(),
  usernameKey: text('username_key').notNull(),
  email: text().notNull().default(''),
  emailKey: text('email_key'),
  phoneNumber: text('phone_number'),
  password: text().notNull(),
  firstName: text('first_name').notNull().default(''),
  lastName: text('last_name').notNull().default(''),
  profilePicture: text('profile_picture'),
  subscriptionPlanId: integer('subscription_plan_id'),
  isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
  isSuspended: integer('is_suspended', { mode: 'boolean' }).notNull().default(false),
  isAdmin: integer('is_admin', { mode: 'boolean' }).notNull().default(false),
  isStaff: integer('is_staff', { mode: 'boolean' }).notNull().default(false),
  isSuperuser: integer('is_superuser', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  lastLoginAt: integer('last_login_at'),
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
  accountId: integer('account_id').primaryKey(),
  bio: text().notNull().default(''),
  location: text().notNull().default(''),
})

export const facilityProfiles = sqliteTable('facility_profiles', {
  accountId: integer('account_id').primaryKey(),
  displayName: text('display_name').notNull().default(''),
  facilityId: text('facility_id').notNull().default(''),
  consent: integer({ mode: 'boolean' }).notNull().default(false),
})

export const meetupProfiles = sqliteTable('meetup_profiles', {
  accountId: integer('account_id').primaryKey(),
  dateOfBirth: text('date_of_birth'),
  bio: text().notNull().default(''),
})

export const credentials = sqliteTable('credentials', {
  id: text().primaryKey(),
  accountId: integer('account_id').notNull(),
  kind: text({ enum: CREDENTIAL_KINDS }).notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  lastSeenDay: text('last_seen_day').notNull(),
  userAgent: text('user_agent').notNull().default(''),
})

export const loginFailures = sqliteTable('login_failures', {
  who: text().primaryKey(),
  failures: integer().notNull(),
  since: integer().notNull(),
  locks: integer().notNull().default(0),
  lockedUntil: integer('locked_until').notNull().default(0),
})

export const practiceSessions = sqliteTable('practice_sessions', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  name: text().notNull(),
  date: text().notNull(),
  duration: integer().notNull(),
  createdAt: integer('created_at').notNull(),
})
export const plans = sqliteTable('plans', {
  id: text().primaryKey(),
  creatorId: integer('creator_id').notNull(),
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
})

export const rsvps = sqliteTable('rsvps', {
  id: text().primaryKey(),
  planId: text('plan_id').notNull(),
  accountId: integer('account_id').notNull(),
  createdAt: integer('created_at').notNull(),
})
