import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { ModelDefinition, SourceRecord } from '../models/model.ts'
import { type Key, keyText, type Value } from '../models/values.ts'

/**
 * All records of a source, in a temporary database without a name: a dump has its rows in any order, and memory would not do for
 * millions of them. SQLite keeps it on disk and deletes it by itself.
 */

const SCHEMA = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -4000;
  CREATE TABLE records (model TEXT, sort, key TEXT, fields BLOB);
  CREATE TABLE names (name TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
  CREATE TABLE accounts (key TEXT PRIMARY KEY, password TEXT, is_active INTEGER) WITHOUT ROWID;
  CREATE TABLE entries (model TEXT, key TEXT, target TEXT, digest TEXT, PRIMARY KEY (model, key)) WITHOUT ROWID;
  CREATE TABLE claims (kind TEXT, value TEXT, PRIMARY KEY (kind, value)) WITHOUT ROWID;
  BEGIN;`

const PAGE = 500

/** Clients write ObjectIds in either case. */
const comparable = (key: Key): string => (typeof key === 'string' && /^[0-9A-F]{24}$/i.test(key) ? key.toLowerCase() : keyText(key))

const isNaturalKey = (value: Value): value is readonly string[] => Array.isArray(value)

/** How a reference is compared with the keys of rows; null if it names none. */
export const referenceText = (value: Value | undefined): string | null => {
  if (typeof value === 'number' || typeof value === 'string') return comparable(value)
  return value !== undefined && isNaturalKey(value) ? comparable(value) : null
}

export interface Entry {
  readonly target: string
  readonly digest: string
}

/** What is known of an account of the source besides its record. */
interface SourceAccount {
  /** The column as it is: sessions depend on it. */
  readonly password: string
  readonly isActive: boolean
}

export interface StagedRecord extends SourceRecord {
  readonly keyText: string
}

const isFields = (value: unknown): value is SourceRecord['fields'] => typeof value === 'object' && value !== null

const recordFrom = (model: ModelDefinition, { key, fields: bytes }: Readonly<Record<string, unknown>>): StagedRecord => {
  const stored: unknown = bytes instanceof Uint8Array ? deserialize(bytes) : null
  if (typeof stored === 'object' && stored !== null && 'fields' in stored && 'key' in stored) {
    const { key: original, fields } = stored
    if (isFields(fields) && isKey(original)) return { model, key: original, keyText: `${key}`, fields }
  }
  throw new Error(`the record ${model.name} ${key} was not stored`)
}

export class Staging {
  readonly #database = new DatabaseSync('')
  readonly #statements = new Map<string, StatementSync>()
  readonly #counts = new Map<ModelDefinition, number>()
  readonly nextKeys = new Map<string, number>()
  readonly #highest = new Map<string, number>()
  #isIndexed = false

  constructor() {
    this.#database.exec(SCHEMA)
  }

  /** How many records of each model there are. */
  get counts(): ReadonlyMap<ModelDefinition, number> {
    return this.#counts
  }

  see(model: ModelDefinition): void {
    this.#counts.set(model, this.#counts.get(model) ?? 0)
  }

  /** A record that is only counted. */
  count(model: ModelDefinition): void {
    this.#counts.set(model, (this.#counts.get(model) ?? 0) + 1)
  }

  /** `sort`: the order in which the records of one model are read again. */
  add(record: SourceRecord, sort: number | string): void {
    const { model, key, fields } = record
    this.count(model)
    const text = comparable(key)
    if (typeof key === 'number') this.#highest.set(model.name, Math.max(key, this.#highest.get(model.name) ?? 0))
    this.#run('INSERT INTO records VALUES (?, ?, ?, ?)', model.name, sort, text, serialize({ key, fields }))
    if (!model.isAccount) return
    const { username, password, is_active: isActive } = fields
    const values = [text, typeof password === 'string' ? password : '', isActive === false ? 0 : 1]
    this.#run('INSERT OR IGNORE INTO accounts VALUES (?, ?, ?)', ...values)
    // With `--natural-foreign` others refer to an account by its name.
    if (typeof username === 'string') this.#run('INSERT OR IGNORE INTO names VALUES (?, ?)', comparable([username]), text)
  }

  /** The number that the original would have given out next; 0 if its keys are no numbers. */
  nextKey(model: ModelDefinition): number {
    const highest = this.#highest.get(model.name) ?? 0
    return Math.max(this.nextKeys.get(model.name) ?? 0, highest > 0 ? highest + 1 : 0)
  }

  /** The records of a model, in their order. Rows may be added to other tables meanwhile. */
  *records(model: ModelDefinition): Generator<StagedRecord, void> {
    this.#index()
    let last: { sort: SQLInputValue; row: SQLInputValue } | null = null
    for (;;) {
      const rows: Record<string, SQLInputValue>[] = last
        ? this.#all(
            `SELECT rowid AS row, sort, key, fields FROM records WHERE model = ? AND (sort, rowid) > (?, ?) ORDER BY sort, rowid LIMIT ${PAGE}`,
            model.name,
            last.sort,
            last.row,
          )
        : this.#all(`SELECT rowid AS row, sort, key, fields FROM records WHERE model = ? ORDER BY sort, rowid LIMIT ${PAGE}`, model.name)
      for (const stored of rows) {
        last = { sort: stored.sort ?? null, row: stored.row ?? null }
        yield recordFrom(model, stored)
      }
      if (rows.length < PAGE) return
    }
  }

  /** The record that a reference names. */
  record(model: ModelDefinition, reference: Value | undefined): StagedRecord | null {
    const text = referenceText(reference)
    if (text === null) return null
    this.#index()
    const stored = this.#get('SELECT key, fields FROM records WHERE model = ? AND key = ?', model.name, text)
    return stored ? recordFrom(model, stored) : null
  }

  /** After the last record was added: an index that exists while they are added takes longer. */
  #index(): void {
    if (this.#isIndexed) return
    this.#database.exec('CREATE INDEX records_in_order ON records (model, sort); CREATE INDEX records_by_key ON records (model, key)')
    this.#isIndexed = true
  }

  /** The key of the account that a reference means, whether it is an id or a name; null if the source does not have it. */
  accountKey(reference: Value | undefined): string | null {
    const text = referenceText(reference)
    if (text === null) return null
    if (this.#get('SELECT 1 AS found FROM accounts WHERE key = ?', text)) return text
    const row = this.#get('SELECT key FROM names WHERE name = ?', text)
    return row ? `${row.key}` : null
  }

  account(key: string): SourceAccount | null {
    const row = this.#get('SELECT password, is_active FROM accounts WHERE key = ?', key)
    return row ? { password: `${row.password}`, isActive: row.is_active === 1 } : null
  }

  /** Whether a value is used for the first time: of rows that exclude each other, the first one is imported. */
  /** Forgets all claims, before the records are placed once more. */
  clearClaims(): void {
    this.#database.exec('DELETE FROM claims')
  }

  claim(kind: string, value: string): boolean {
    return this.#run('INSERT OR IGNORE INTO claims VALUES (?, ?)', kind, value) > 0
  }

  isClaimed(kind: string, value: string): boolean {
    return this.#get('SELECT 1 AS found FROM claims WHERE kind = ? AND value = ?', kind, value) !== undefined
  }

  /** The ledger entry of a row of the source. */
  entry(model: string, key: string): Entry | null {
    const row = this.#get('SELECT target, digest FROM entries WHERE model = ? AND key = ?', model, key)
    return row ? { target: `${row.target}`, digest: `${row.digest}` } : null
  }

  setEntry(model: string, key: string, { target, digest }: Entry): void {
    this.#run('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)', model, key, target, digest)
  }

  close(): void {
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  #get(sql: string, ...values: SQLInputValue[]) {
    return this.#prepare(sql).get(...values)
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#prepare(sql).all(...values)
  }
}

const isKey = (value: unknown): value is Key =>
  typeof value === 'number' || typeof value === 'string' || (Array.isArray(value) && value.every((part) => typeof part === 'string'))
