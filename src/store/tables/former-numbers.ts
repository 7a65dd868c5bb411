import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const formerNumbers = sqliteTable('former_numbers', {
  contract: text({ enum: ['mindharmony', 'facility', 'matrimony', 'recovery'] }).primaryKey(),
  nextId: integer('next_id').notNull(),
})
