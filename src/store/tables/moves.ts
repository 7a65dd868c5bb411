import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CONTRACTS } from '../../model/contract.ts'

/** What was imported from former servers. Only `npm run move` reads and writes these tables. */

export const moves = sqliteTable('moves', {
  id: text().primaryKey(),
  contract: text({ enum: CONTRACTS }).notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  undoneAt: integer('undone_at'),
})

export const moveChunks = sqliteTable('move_chunks', {
  id: integer().primaryKey({ autoIncrement: true }),
  moveId: text('move_id')
    .notNull()
    .references(() => moves.id),
  model: text().notNull(),
  movedAt: integer('moved_at').notNull(),
})

export const movedRows = sqliteTable('moved_rows', {
  contract: text({ enum: CONTRACTS }).notNull(),
  model: text().notNull(),
  sourceKey: text('source_key').notNull(),
  chunkId: integer('chunk_id')
    .notNull()
    .references(() => moveChunks.id),
  targetKey: text('target_key').notNull(),
  digest: text().notNull(),
})
