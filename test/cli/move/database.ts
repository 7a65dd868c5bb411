import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Cell, Statement, Target, TargetRow } from '../../../src/cli/move/target/target.ts'
import { D1_LIMITS } from '../../support/limited-database.ts'
import { createRooms, type TestRooms } from './rooms.ts'

/** A database with all tables of Concord, in memory, as a target: what D1 does, without a runtime. It keeps the limits of D1. */

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')

export interface TestTarget extends Target {
  rows(sql: string, ...parameters: Cell[]): TargetRow[]
  run(sql: string, ...parameters: Cell[]): void
  /** Called before each batch: throws to stop an import there. */
  beforeBatch: (statements: readonly Statement[]) => void
  batches: number
  readonly rooms: TestRooms
  /** All rows of all tables, but for the ledger and the counters that only grow. */
  dump(): Readonly<Record<string, readonly TargetRow[]>>
  close(): void
}

const GROWING = new Set(['moves', 'move_chunks', 'former_numbers', 'sqlite_sequence'])

const checkLimits = ({ sql, parameters }: Statement): void => {
  if (parameters.length > D1_LIMITS.parameters) throw new Error(`${parameters.length} parameters: ${sql}`)
  if (sql.length > D1_LIMITS.statementBytes) throw new Error(`${sql.length} bytes of SQL`)
  const bytes = parameters.reduce<number>((sum, value) => sum + Buffer.byteLength(`${value}`), 0)
  if (bytes > D1_LIMITS.valueBytes) throw new Error(`${bytes} bytes of values: ${sql}`)
}

export const createTables = (database: DatabaseSync): void => {
  for (const file of readdirSync(MIGRATIONS).sort()) database.exec(readFileSync(join(MIGRATIONS, file), 'utf8'))
}

export const createTarget = (): TestTarget => {
  const database = new DatabaseSync(':memory:')
  createTables(database)
  return targetOn(database)
}

export const targetOn = (database: DatabaseSync): TestTarget => {
  database.exec('PRAGMA foreign_keys = ON')
  const rows = (sql: string, ...parameters: Cell[]): TargetRow[] => database.prepare(sql).all(...parameters)
  const target: TestTarget = {
    rows,
    run: (sql, ...parameters) => void rows(sql, ...parameters),
    beforeBatch: () => undefined,
    batches: 0,
    rooms: createRooms((id) => rows('SELECT 1 FROM accounts WHERE id = ?', id).length > 0),
    batch: async (statements) => {
      target.beforeBatch(statements)
      target.batches++
      for (const statement of statements) checkLimits(statement)
      database.exec('BEGIN')
      try {
        const results = statements.map(({ sql, parameters }) => rows(sql, ...parameters))
        database.exec('COMMIT')
        return results
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    dump: () =>
      Object.fromEntries(
        rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
          .map(({ name }) => `${name}`)
          .filter((name) => !GROWING.has(name))
          .map((name) => [name, rows(`SELECT * FROM ${name}${name === 'list_buckets' ? ' WHERE members > 0' : ''}`)]),
      ),
    close: () => database.close(),
  }
  return target
}
