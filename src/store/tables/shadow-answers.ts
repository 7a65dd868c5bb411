import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const shadowAnswers = sqliteTable('shadow_answers', {
  contract: text().notNull(),
  route: text().notNull(),
  difference: text().notNull(),
  answers: integer().notNull(),
  lastAt: integer('last_at').notNull(),
})
