import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CRONS } from '../../model/cron.ts'

export const cronRuns = sqliteTable('cron_runs', {
  name: text({ enum: CRONS }).primaryKey(),
  finishedAt: integer('finished_at').notNull(),
  oldestDueAt: integer('oldest_due_at'),
})
