import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { MASTER_TYPES } from '../../model/master.ts'

export const masterTypes = sqliteTable('master_types', {
  id: integer().primaryKey({ autoIncrement: true }),
  type: text({ enum: MASTER_TYPES }).notNull().unique(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const masterValues = sqliteTable('master_values', {
  id: integer().primaryKey({ autoIncrement: true }),
  typeId: integer('type_id')
    .notNull()
    .references(() => masterTypes.id, { onDelete: 'cascade' }),
  value: text().notNull().unique(),
  code: text().notNull().unique(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
