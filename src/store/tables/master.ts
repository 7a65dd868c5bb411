import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const masterTypes = sqliteTable('master_types', {
  id: integer().primaryKey({ autoIncrement: true }),
  type: text({ enum: ['gender', 'caste', 'religion', 'profession', 'education', 'location', 'language', 'marital_status'] }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const masterValues = sqliteTable('master_values', {
  id: integer().primaryKey({ autoIncrement: true }),
  typeId: integer('type_id').notNull(),
  value: text().notNull(),
  code: text().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
