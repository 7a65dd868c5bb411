import { isUtf8 } from 'node:buffer'
import { Pending } from './bytes.ts'
import type { Intake, TableReader } from './intake.ts'
import { Damage } from './source-error.ts'
import { copiedValues, copyOf, createdTable, encodingOf, endOfStatement, insertOf, sequenceOf, type TableName } from './sql-statement.ts'

/**
 * A plain dump of PostgreSQL: COPY, `--inserts`, `--column-inserts`, with or without the definitions of the tables. Everything
 * else in it (constraints, functions, owners) is skipped.
 */

/** A table whose rows follow. */
interface OpenTable {
  readonly name: string
  readonly columns: readonly string[]
  /** Null: the rows are only counted. */
  readonly reader: TableReader | null
  /** Where the reader's columns are among the dump's. */
  readonly positions: readonly number[]
}

type Decode = (bytes: Buffer) => string | null

const strictUtf8: Decode = (bytes) => (isUtf8(bytes) ? bytes.toString() : null)

/** Encodings of PostgreSQL in which a byte below 128 is always ASCII, so that quotation marks are what they seem. */
const ENCODINGS: Readonly<Record<string, string>> = {
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
}

const decoderOf = (encoding: string): Decode | null => {
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return strictUtf8
  // The platform's "latin1" is another one (windows-1252).
  if (encoding === 'LATIN1') return (bytes) => bytes.toString('latin1')
  const label = ENCODINGS[encoding] ?? (/^WIN125\d$/.test(encoding) ? encoding.replace('WIN', 'windows-') : null)
  if (label === null) return null
  const decoder = new TextDecoder(label)
  return (bytes) => decoder.decode(bytes)
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const BACKSLASH = 0x5c

const COMPLETE = /^-- PostgreSQL database (?:cluster )?dump complete/

/** INSERT statements are most of a dump: other statements are only decoded if they are of interest. */
const INTERESTING = /^(?:INSERT INTO |COPY |CREATE (?:UNLOGGED )?TABLE |SELECT pg_catalog\.setval\(|SET client_encoding )/

export class PgDump {
  readonly #intake: Intake
  readonly #pending = new Pending()
  #decode: Decode = strictUtf8
  /** The columns of each table, by its name: from CREATE TABLE, for `--inserts`. */
  readonly #created = new Map<string, readonly string[]>()
  readonly #tables = new Map<string, OpenTable>()
  #schema: string | null = null
  #copying: OpenTable | null = null
  /** The rest of the line behind `FROM stdin;` is not a row yet. */
  #isBehindCopy = false
  readonly #sequences: { readonly name: string; readonly next: number }[] = []
  #isComplete = false

  constructor(intake: Intake) {
    this.#intake = intake
  }

  push(chunk: Buffer): void {
    this.#pending.add(chunk)
    while (this.#copying ? this.#row(this.#copying) : this.#statement());
    this.#pending.drop(0)
  }

  end(): void {
    const { bytes, start } = this.#pending
    if (this.#copying) throw new Damage(start, `the file ends inside the rows of the table ${this.#copying.name}`)
    if (bytes.toString('latin1').trim() !== '') {
      this.#line(bytes)
      if (!bytes.subarray(0, 2).equals(Buffer.from('--')) && bytes[0] !== BACKSLASH) {
        throw new Damage(start, 'the file ends inside the statement that begins here')
      }
    }
    if (!this.#isComplete) throw new Damage(start, 'the line with which pg_dump ends a complete dump is missing')
    this.#openEmptyTables()
    this.#readSequences()
  }

  /** Reads a comment, an instruction to psql or a statement; false if its end is not there yet. */
  #statement(): boolean {
    this.#skipSpace()
    const { bytes } = this.#pending
    if (bytes.length === 0) return false
    const isLine = bytes[0] === BACKSLASH || (bytes[0] === 0x2d && bytes[1] === 0x2d)
    const end = isLine ? bytes.indexOf(NEWLINE) + 1 : endOfStatement(bytes)
    if (end <= 0) return false
    if (isLine) this.#line(bytes.subarray(0, end))
    else this.#execute(bytes.subarray(0, end))
    this.#pending.drop(end)
    return true
  }

  #skipSpace(): void {
    const { bytes, start } = this.#pending
    let at = start === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0
    while (at < bytes.length && (bytes[at] === NEWLINE || bytes[at] === CARRIAGE_RETURN || bytes[at] === 0x20 || bytes[at] === 0x09)) at++
    this.#pending.drop(at)
  }

  #line(bytes: Buffer): void {
    const line = bytes.toString('latin1')
    if (COMPLETE.test(line)) this.#isComplete = true
    if (line.startsWith('\\connect') && this.#tables.size > 0) {
      throw new Damage(this.#pending.start, 'a second database begins here: dump one database at a time, with pg_dump')
    }
  }

  #execute(bytes: Buffer): void {
    if (!INTERESTING.test(bytes.subarray(0, 40).toString('latin1'))) return
    const statement = this.#text(bytes)
    const encoding = encodingOf(statement)
    if (encoding !== null) this.#setEncoding(encoding)
    const created = createdTable(statement)
    if (created) this.#created.set(created.table, created.columns)
    const sequence = sequenceOf(statement)
    if (sequence) this.#sequences.push(sequence)
    const copy = copyOf(statement)
    if (copy) this.#copying = this.#open(copy, copy.columns)
    this.#isBehindCopy = copy !== null
    if (statement.startsWith('INSERT')) this.#insert(statement)
  }

  #setEncoding(encoding: string): void {
    const decode = decoderOf(encoding)
    if (!decode) throw new Damage(this.#pending.start, `the encoding ${encoding} is not read: dump it with --encoding=UTF8`)
    this.#decode = decode
  }

  #text(bytes: Buffer): string {
    const text = this.#decode(bytes)
    if (text === null) throw new Damage(this.#pending.start, 'what begins here is not UTF-8')
    return text
  }

  #open({ schema, table }: TableName, columns: readonly string[]): OpenTable {
    this.#schema ??= schema
    if (schema !== this.#schema) throw new Damage(this.#pending.start, `the dump has a second schema (${schema}): dump one, with --schema`)
    if (this.#tables.has(table)) throw new Damage(this.#pending.start, `the table ${table} is there twice`)
    const reader = this.#intake.table(table, columns)
    const open = { name: table, columns, reader, positions: (reader?.columns ?? []).map((column) => columns.indexOf(column)) }
    this.#tables.set(table, open)
    return open
  }

  #insert(statement: string): void {
    const insert = insertOf(statement)
    if (!insert) throw new Damage(this.#pending.start, 'the INSERT that begins here is not as pg_dump writes it')
    const columns = insert.columns ?? this.#created.get(insert.table)
    if (!columns) {
      throw new Damage(this.#pending.start, 'INSERT without column names, and no CREATE TABLE before it: dump it with --column-inserts')
    }
    const open = this.#tables.get(insert.table) ?? this.#open(insert, columns)
    for (const values of insert.rows) this.#values(open, values)
  }

  #values({ name, columns, reader, positions }: OpenTable, values: readonly (string | null)[]): void {
    if (values.length !== columns.length) {
      throw new Damage(this.#pending.start, `a row of the table ${name} has ${values.length} values for ${columns.length} columns`)
    }
    if (reader)
      reader.row(
        positions.map((position) => values[position] ?? null),
        this.#pending.start,
      )
    else this.#intake.unreadTable(name, 1)
  }

  /** Reads a line of COPY; false if its end is not there yet. */
  #row(open: OpenTable): boolean {
    const { bytes } = this.#pending
    const end = bytes.indexOf(NEWLINE)
    if (end < 0) return false
    const line = bytes.subarray(0, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end)
    if (this.#isBehindCopy) this.#isBehindCopy = false
    else if (line.length === 2 && line[0] === BACKSLASH && line[1] === 0x2e) this.#copying = null
    else if (open.reader) this.#values(open, copiedValues(this.#text(line)))
    else this.#intake.unreadTable(open.name, 1)
    this.#pending.drop(end + 1)
    return true
  }

  /** With `--inserts` nothing else names a table without rows. */
  #openEmptyTables(): void {
    for (const [table, columns] of this.#created) if (!this.#tables.has(table)) this.#open({ schema: this.#schema ?? '', table }, columns)
  }

  /** `auth_user_id_seq` belongs to the column id of auth_user. */
  #readSequences(): void {
    for (const [table, { reader }] of this.#tables) {
      const sequence = this.#sequences.find(({ name }) => name === `${table}_${reader?.model.key.column}_seq`)
      if (reader && sequence) this.#intake.nextKey(reader.model, sequence.next)
    }
  }
}
