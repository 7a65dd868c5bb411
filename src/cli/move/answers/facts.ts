import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { ModelDefinition } from '../models/model.ts'
import type { Value } from '../models/values.ts'
import type { StagedRecord, Staging } from '../staging/staging.ts'
import { textOf } from '../target/target.ts'

/**
 * What the source has of each person, collected while `verify` reads its records in the order of the import: in a temporary database,
 * as the records themselves are (src/cli/move/staging/staging.ts).
 */

export interface SourceFields {
  readonly [name: string]: Value
}

export interface Person {
  /** The key of the account in the source. */
  readonly key: string
  /** The id of the account here. */
  readonly id: number
  /** The number that identifies the account in its contract. */
  readonly number: number
  /** The name with which the account logs in to its contract. */
  readonly name: string
  readonly isActive: boolean
  /** The flags that the plan gives to the account. */
  readonly flags: readonly string[]
  /** In E.164; null if the account has none, or if another account has the number. */
  readonly phoneNumber: string | null
  readonly fields: SourceFields
}

/** A row that a list of a person has to contain. */
export interface Fact {
  /** The id that the row has in the contract. */
  readonly id: string
  readonly fields: SourceFields
}

const SCHEMA = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  CREATE TABLE people (key TEXT PRIMARY KEY, draw TEXT, person BLOB) WITHOUT ROWID;
  CREATE TABLE facts (list TEXT, id TEXT, owner TEXT, fields BLOB);
  BEGIN;`

const PAGE = 200

const isFields = (value: unknown): value is SourceFields => typeof value === 'object' && value !== null

const fieldsFrom = (bytes: unknown): SourceFields => {
  const fields: unknown = bytes instanceof Uint8Array ? deserialize(bytes) : null
  if (!isFields(fields)) throw new Error('the fields were not stored')
  return fields
}

const isPerson = (value: unknown): value is Person => isFields(value) && 'key' in value && 'fields' in value

const personFrom = (bytes: unknown): Person => {
  const person: unknown = bytes instanceof Uint8Array ? deserialize(bytes) : null
  if (!isPerson(person)) throw new Error('the person was not stored')
  return person
}

export class Facts {
  readonly #database = new DatabaseSync('')
  readonly #staging: Staging
  readonly #addPerson
  readonly #addFact
  readonly #person
  #isIndexed = false

  constructor(staging: Staging) {
    this.#staging = staging
    this.#database.exec(SCHEMA)
    this.#addPerson = this.#database.prepare('INSERT INTO people VALUES (?, ?, ?)')
    this.#addFact = this.#database.prepare('INSERT INTO facts VALUES (?, ?, ?, ?)')
    this.#person = this.#database.prepare('SELECT person FROM people WHERE key = ?')
  }

  addPerson(person: Person): void {
    const draw = createHash('sha256').update(person.key).digest('hex').slice(0, 16)
    this.#addPerson.run(person.key, draw, serialize(person))
  }

  /** `owner`: a reference to an account of the source; null for a row that everyone sees. */
  add(list: string, id: string, owner: Value | undefined, fields: SourceFields): void {
    const key = owner === null ? '' : this.#staging.accountKey(owner)
    if (key !== null) this.#addFact.run(list, id, key, serialize(fields))
  }

  get peopleCount(): number {
    return Number(this.#database.prepare('SELECT COUNT(*) AS people FROM people').get()?.people)
  }

  /** The first `count` people, in pages. The order is that of a digest, so a part of them is a sample, and always the same one. */
  *people(count: number): Generator<readonly Person[], void> {
    const page = this.#database.prepare('SELECT draw, key, person FROM people WHERE (draw, key) > (?, ?) ORDER BY draw, key LIMIT ?')
    this.#database.exec('CREATE INDEX people_by_draw ON people (draw, key)')
    let [draw, key, left] = ['', '', count]
    while (left > 0) {
      const rows = page.all(draw, key, Math.min(PAGE, left))
      if (rows.length > 0) yield rows.map(({ person }) => personFrom(person))
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return
      draw = textOf(last, 'draw')
      key = textOf(last, 'key')
      left -= rows.length
    }
  }

  /** The person to whom a reference of the source leads; null if the account was not imported. */
  person(reference: Value | undefined): Person | null {
    const key = this.#staging.accountKey(reference)
    const row = key === null ? undefined : this.#person.get(key)
    return row ? personFrom(row.person) : null
  }

  /** The rows of one person, in the order in which they were added. */
  of({ key }: Pick<Person, 'key'>, list: string): Fact[] {
    return this.#facts('SELECT id, fields FROM facts WHERE owner = ? AND list = ? ORDER BY rowid', key, list)
  }

  /** The rows that everyone sees, or the rows of all people. */
  all(list: string): Fact[] {
    return this.#facts('SELECT id, fields FROM facts WHERE list = ? ORDER BY rowid', list)
  }

  has(list: string, id: string): boolean {
    this.#index()
    return this.#database.prepare('SELECT 1 AS found FROM facts WHERE list = ? AND id = ?').get(list, id) !== undefined
  }

  /** The record of the source to which a reference leads. */
  linked(model: ModelDefinition, reference: Value | undefined): StagedRecord | null {
    return this.#staging.record(model, reference)
  }

  /** The id here of a row that was imported; null if there is none. */
  idOf(model: ModelDefinition, reference: Value | undefined): number | null {
    const record = this.linked(model, reference)
    const entry = record && this.#staging.entry(model.name, record.keyText)
    return entry ? Number(entry.target) : null
  }

  close(): void {
    this.#database.close()
  }

  #facts(sql: string, ...values: string[]): Fact[] {
    this.#index()
    const rows = this.#database.prepare(sql).all(...values)
    return rows.map((row) => ({ id: textOf(row, 'id'), fields: fieldsFrom(row.fields) }))
  }

  /** Called after the last row was added. */
  #index(): void {
    if (this.#isIndexed) return
    this.#database.exec('CREATE INDEX facts_of_people ON facts (owner, list); CREATE INDEX facts_by_id ON facts (list, id)')
    this.#isIndexed = true
  }
}
