import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ACCOUNT, type ModelDefinition, type Reference, type SourceRecord } from '../models/model.ts'
import { ALL_MODELS } from '../models/originals.ts'
import { type Key, keyText, type Value } from '../models/values.ts'

/**
 * Finds references to rows that are gone. The rows of a dump come in any order, so all keys and references are collected first:
 * in a temporary database without a name, which SQLite keeps on disk and deletes by itself, because memory would not do for
 * millions of rows.
 */

const SCHEMA = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -16000;
  CREATE TABLE keys (target TEXT, key TEXT, row INTEGER);
  CREATE TABLE refs (model TEXT, field TEXT, target TEXT, key TEXT, row INTEGER, owner INTEGER);
  CREATE TABLE lost (row INTEGER PRIMARY KEY, model TEXT);
  BEGIN;`

/** A row whose owner is gone is gone for the rows that it owns. So this is repeated until it finds nothing. */
const FIND_LOST = `
  INSERT OR IGNORE INTO lost
  SELECT refs.row, refs.model FROM refs
  WHERE refs.owner = 1 AND refs.target IN (SELECT target FROM seen) AND NOT EXISTS (
    SELECT 1 FROM keys WHERE keys.target = refs.target AND keys.key = refs.key AND keys.row NOT IN (SELECT row FROM lost)
  )`

const FIND_BROKEN_LINKS = `
  SELECT model, field, COUNT(*) AS rows FROM refs
  WHERE owner = 0 AND target IN (SELECT target FROM seen) AND row NOT IN (SELECT row FROM lost) AND NOT EXISTS (
    SELECT 1 FROM keys WHERE keys.target = refs.target AND keys.key = refs.key
  )
  GROUP BY model, field ORDER BY model, field`

export interface BrokenReferences {
  /** How many rows of each model have no owner, or one that is gone. */
  readonly lost: ReadonlyMap<string, number>
  readonly links: readonly { readonly model: string; readonly field: string; readonly rows: number }[]
}

/** Clients write ObjectIds in either case. */
const comparable = (key: Key): string => (typeof key === 'string' && /^[0-9A-F]{24}$/i.test(key) ? key.toLowerCase() : keyText(key))

const isNaturalKey = (value: Value): value is readonly string[] => Array.isArray(value)

/** A document's reference may be anything. */
const keyIn = (value: Value | undefined): string | null => {
  if (typeof value === 'number' || typeof value === 'string') return comparable(value)
  return value !== undefined && isNaturalKey(value) ? comparable(value) : null
}

/** The models that others refer to. */
const TARGETS = new Set(ALL_MODELS.flatMap(({ references }) => Object.values(references).map(({ model }) => model)))

export class References {
  readonly #database = new DatabaseSync('')
  readonly #insertKey: StatementSync
  readonly #insertReference: StatementSync
  readonly #seen = new Set<string>()
  #row = 0

  constructor() {
    this.#database.exec(SCHEMA)
    this.#insertKey = this.#database.prepare('INSERT INTO keys VALUES (?, ?, ?)')
    this.#insertReference = this.#database.prepare('INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?)')
  }

  /** The source has this model. What refers to a model that it does not have cannot be checked. */
  see(model: ModelDefinition): void {
    this.#seen.add(model.isAccount ? ACCOUNT : model.name)
  }

  add(record: SourceRecord): void {
    const { model, key, fields } = record
    this.#row++
    const target = model.isAccount ? ACCOUNT : model.name
    if (TARGETS.has(target)) this.#insertKey.run(target, comparable(key), this.#row)
    // With `--natural-foreign` others refer to an account by its name.
    if (model.isAccount && typeof fields.username === 'string' && typeof key !== 'object') {
      this.#insertKey.run(target, comparable([fields.username]), this.#row)
    }
    for (const [field, reference] of Object.entries(model.references)) this.#refer(model.name, field, reference, fields[field])
  }

  #refer(model: string, field: string, { model: target, role }: Reference, value: Value | undefined): void {
    if (role === 'link' && (value === null || value === undefined)) return
    this.#insertReference.run(model, field, target, keyIn(value), this.#row, role === 'owner' ? 1 : 0)
  }

  /** A reference that is not in a field of the record that was added last. */
  addOwner(model: string, field: string, key: string | null): void {
    this.#refer(model, field, { model: ACCOUNT, role: 'owner' }, key)
  }

  find(): BrokenReferences {
    const database = this.#database
    database.exec('CREATE INDEX keys_by_key ON keys (target, key); CREATE TABLE seen (target TEXT PRIMARY KEY)')
    const insert = database.prepare('INSERT INTO seen VALUES (?)')
    for (const target of this.#seen) insert.run(target)
    const findLost = database.prepare(FIND_LOST)
    while (findLost.run().changes > 0);
    const lost = database.prepare('SELECT model, COUNT(*) AS rows FROM lost GROUP BY model').all()
    return {
      lost: new Map(lost.map(({ model, rows }) => [`${model}`, Number(rows)])),
      links: database
        .prepare(FIND_BROKEN_LINKS)
        .all()
        .map(({ model, field, rows }) => ({ model: `${model}`, field: `${field}`, rows: Number(rows) })),
    }
  }

  close(): void {
    this.#database.close()
  }
}
