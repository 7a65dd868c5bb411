import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Cell, Statement, Target, TargetRow } from '../../../src/cli/move/target/target.ts'
import { D1_LIMITS } from '../../support/limited-database.ts'
import { createRooms, type TestRooms } from './rooms.ts'

/** A database with all tables of Concord as a target: what D1 does, without a runtime. It keeps the limits of D1. */

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

let copies: { readonly folder: string; count: number } | undefined

/** The path of a new database with all tables. They are created once in a process, and copied, which takes a tenth of the time. */
const copyOfTables = (): string => {
  if (!copies) {
    const folder = mkdtempSync(join(tmpdir(), 'concord-tables-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const database = new DatabaseSync(join(folder, 'tables'))
    createTables(database)
    database.close()
    copies = { folder, count: 0 }
  }
  const file = join(copies.folder, `${++copies.count}`)
  copyFileSync(join(copies.folder, 'tables'), file)
  return file
}

export const createTarget = (): TestTarget => {
  const file = copyOfTables()
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
  return targetOn(database, () => rmSync(file))
}

export const targetOn = (database: DatabaseSync, afterClose: () => void = () => undefined): TestTarget => {
  database.exec('PRAGMA foreign_keys = ON')
  const statements = new Map<string, StatementSync>()
  const rows = (sql: string, ...parameters: Cell[]): TargetRow[] => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement.all(...parameters)
  }
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
    close: () => {
      database.close()
      afterClose()
    },
  }
  return target
}
