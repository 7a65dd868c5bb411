import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const alarmScenarios = sqliteTable('alarm_scenarios', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  playMusic: integer('play_music', { mode: 'boolean' }).notNull(),
  notifyContact: integer('notify_contact', { mode: 'boolean' }).notNull(),
  notifyTherapist: integer('notify_therapist', { mode: 'boolean' }).notNull(),
})

export const musicTracks = sqliteTable('music_tracks', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  url: text().notNull(),
})

export const therapists = sqliteTable('therapists', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  name: text().notNull(),
  phone: text().notNull(),
  email: text().notNull(),
  createdAt: integer('created_at').notNull(),
})

export const emergencyContacts = sqliteTable('emergency_contacts', {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer('account_id').notNull(),
  name: text().notNull(),
  phone: text().notNull(),
  email: text().notNull().default(''),
  relationship: text().notNull(),
  createdAt: integer('created_at').notNull(),
})

export const recoveryProfiles = sqliteTable('recovery_profiles', {
  accountId: integer('account_id').primaryKey(),
  age: integer(),
  location: text().notNull().default(''),
  militaryStatus: integer('military_status', { mode: 'boolean' }).notNull().default(false),
  ptsdLevel: integer('ptsd_level'),
  musicId: integer('music_id'),
  therapistId: integer('therapist_id'),
  scenarioId: integer('scenario_id'),
})
