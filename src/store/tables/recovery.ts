import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CONTACT_ANSWERS } from '../../model/recovery.ts'
import { accounts } from './accounts.ts'

export const alarmScenarios = sqliteTable('alarm_scenarios', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  playMusic: integer('play_music', { mode: 'boolean' }).notNull().default(false),
  notifyContact: integer('notify_contact', { mode: 'boolean' }).notNull().default(false),
  notifyTherapist: integer('notify_therapist', { mode: 'boolean' }).notNull().default(false),
})

export const musicTracks = sqliteTable('music_tracks', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  url: text().notNull(),
})

export const therapists = sqliteTable('therapists', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  phone: text().notNull(),
  email: text().notNull(),
  createdAt: integer('created_at').notNull(),
})

export const emergencyContacts = sqliteTable('emergency_contacts', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  phone: text().notNull(),
  email: text().notNull().default(''),
  relationship: text().notNull(),
  createdAt: integer('created_at').notNull(),
  emailDigest: text('email_digest').notNull().default(''),
  phoneDigest: text('phone_digest').notNull().default(''),
})

export const contactAnswers = sqliteTable('contact_answers', {
  accountId: integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  address: text().notNull(),
  answer: text({ enum: CONTACT_ANSWERS }).notNull(),
  askedAt: integer('asked_at').notNull(),
  answeredAt: integer('answered_at'),
})

export const recoveryProfiles = sqliteTable('recovery_profiles', {
  accountId: integer('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  age: integer(),
  location: text().notNull().default(''),
  militaryStatus: integer('military_status', { mode: 'boolean' }).notNull().default(false),
  ptsdLevel: integer('ptsd_level'),
  musicId: integer('music_id').references(() => musicTracks.id, { onDelete: 'set null' }),
  therapistId: integer('therapist_id').references(() => therapists.id, { onDelete: 'set null' }),
  scenarioId: integer('scenario_id').references(() => alarmScenarios.id, { onDelete: 'set null' }),
})
