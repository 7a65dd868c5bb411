import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { MATCH_STATUSES } from '../../model/matching.ts'
import { REPORT_STATUSES } from '../../model/report.ts'
import { accounts } from './accounts.ts'

export const matrimonyProfiles = sqliteTable('matrimony_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  isListed: integer('is_listed', { mode: 'boolean' }).notNull(),
  gender: text().notNull().default(''),
  dateOfBirth: text('date_of_birth'),
  height: integer(),
  weight: integer(),
  religion: text(),
  caste: text(),
  income: integer(),
  profession: text(),
  education: text(),
  bio: text().notNull().default(''),
  maritalStatus: text('marital_status'),
  location: text(),
  language: text(),
  image: text().notNull().unique(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const matchPreferences = sqliteTable('match_preferences', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  ageMin: integer('age_min'),
  ageMax: integer('age_max'),
  heightMin: integer('height_min'),
  heightMax: integer('height_max'),
  weightMin: integer('weight_min'),
  weightMax: integer('weight_max'),
  incomeMin: integer('income_min'),
  incomeMax: integer('income_max'),
  profession: text({ mode: 'json' }).$type<readonly string[]>(),
  education: text({ mode: 'json' }).$type<readonly string[]>(),
  location: text({ mode: 'json' }).$type<readonly string[]>(),
  language: text({ mode: 'json' }).$type<readonly string[]>(),
  caste: text({ mode: 'json' }).$type<readonly string[]>(),
  religion: text({ mode: 'json' }).$type<readonly string[]>(),
  gender: text(),
  maritalStatus: text('marital_status'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const matches = sqliteTable('matches', {
  user1Id: integer('user1_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  user2Id: integer('user2_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  score: real().notNull(),
  status: text({ enum: MATCH_STATUSES }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const blocks = sqliteTable('blocks', {
  blockerId: integer('blocker_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  blockedId: integer('blocked_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  createdAt: integer('created_at').notNull(),
})

export const memberReports = sqliteTable('member_reports', {
  id: integer().primaryKey({ autoIncrement: true }),
  reporterId: integer('reporter_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  reportedId: integer('reported_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  reason: text().notNull(),
  status: text({ enum: REPORT_STATUSES }).notNull().default('open'),
  createdAt: integer('created_at').notNull(),
})

export const backgroundJobs = sqliteTable('background_jobs', {
  name: text().primaryKey(),
  cursor: text().notNull(),
})
