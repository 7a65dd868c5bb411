import { isUtf8 } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import { type SourceValue, UnsupportedValue } from '../models/values.ts'
import type { SourceFile } from './bytes.ts'
import { Intake, type SourceItem, type TableReader } from './intake.ts'
import { SourceError } from './source-error.ts'
import { checkStructure, openDatabase } from './sqlite-file.ts'

/** Reads the tables of an SQLite file, one after the other. */

const BATCH = 500

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** As bytes: node:sqlite cuts a text off at its first NUL, and replaces what is not UTF-8. */
const expression = (column: string): string => `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`

const sourceValue = (value: unknown): SourceValue => {
  if (value instanceof Uint8Array) {
    return isUtf8(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : new UnsupportedValue('text')
  }
  return typeof value === 'bigint' || typeof value === 'number' ? value : null
}

const namesIn = (database: DatabaseSync, query: string, ...parameters: string[]): string[] =>
  database
    .prepare(query)
    .all(...parameters)
    .map(({ name }) => `${name}`)

function* rowsOf(database: DatabaseSync, table: string, reader: TableReader): Generator<void, void> {
  const columns = reader.columns.map((column) => expression(quoted(column))).join(', ')
  const statement = database.prepare(`SELECT ${columns} FROM ${quoted(table)}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  let row = 0
  for (const values of statement.iterate()) {
    row++
    reader.row(Object.values(values).map(sourceValue), row)
    if (row % BATCH === 0) yield
  }
}

const readSequences = (database: DatabaseSync, intake: Intake, readers: ReadonlyMap<string, TableReader>): void => {
  const [exists] = namesIn(database, "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'")
  if (exists === undefined) return
  for (const { name, seq } of database.prepare('SELECT name, seq FROM sqlite_sequence').all()) {
    const reader = readers.get(`${name}`)
    if (reader && typeof seq === 'number') intake.nextKey(reader.model, seq + 1)
  }
}

/** SQLite's messages about a damaged file name pages and no values, so they may be shown. */
const explained = (error: unknown, name: string, table: string | null): unknown => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return error
  return new SourceError(`${name} cannot be read${table === null ? '' : ` in the table ${table}`}: ${error.message}.`)
}

const checkEncoding = (database: DatabaseSync, name: string): void => {
  const encoding = Object.values(database.prepare('PRAGMA encoding').get() ?? {})[0]
  if (encoding !== 'UTF-8') throw new SourceError(`${name} is encoded in ${encoding}, and Django writes UTF-8.`)
}

export async function* readSqlite(file: SourceFile): AsyncGenerator<readonly SourceItem[], void> {
  const open = await openDatabase(file).catch((error: unknown) => {
    throw explained(error, file.name, null)
  })
  let table: string | null = null
  try {
    const { database } = open
    checkEncoding(database, file.name)
    checkStructure(database, file.name)
    const intake = new Intake({ jsonIsText: true, placeOf: (row) => `table ${table}, row ${row}` })
    const readers = new Map<string, TableReader>()
    for (table of namesIn(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
      const reader = intake.table(table, namesIn(database, 'SELECT name FROM pragma_table_info(?)', table))
      if (reader) {
        readers.set(table, reader)
        for (const _ of rowsOf(database, table, reader)) yield intake.take()
      } else intake.unreadTable(table, Number(database.prepare(`SELECT COUNT(*) AS rows FROM ${quoted(table)}`).get()?.rows))
      yield intake.take()
    }
    table = null
    readSequences(database, intake, readers)
    yield intake.take()
  } catch (error) {
    throw explained(error, file.name, table)
  } finally {
    open.close()
  }
}
