import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/**
 * The SQLite storage of one object. Everything that is written in one turn of the event loop is one transaction: the platform
 * coalesces writes without an `await` in between, so all of them are stored or none.
 * https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
 * https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/
 */

type Row = Readonly<Record<string, unknown>>

/** The rows are read at once. The platform reads them lazily, but no code here writes while it reads. */
class Cursor {
  readonly #rows: Row[]

  constructor(rows: Row[]) {
    this.#rows = rows
  }

  toArray(): Row[] {
    return this.#rows
  }

  one(): Row {
    const [row] = this.#rows
    if (!row || this.#rows.length > 1) throw new Error(`Expected exactly one result from SQL query, but got ${this.#rows.length}`)
    return row
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#rows[Symbol.iterator]()
  }
}

const isRead = (query: string): boolean => /^\s*SELECT/i.test(query)

export class ObjectDatabase {
  readonly database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()
  #isOpen = false
  #isChanged = false
  #savepoints = 0

  /** Whether this turn has written anything that is not committed yet. */
  get isChanged(): boolean {
    return this.#isChanged
  }

  /** An alarm that is set belongs to the same transaction. */
  markChanged(): void {
    this.#begin()
    this.#isChanged = true
  }

  exec(query: string, ...bindings: SQLInputValue[]): Cursor {
    if (!isRead(query)) this.markChanged()
    const statement = this.#statements.get(query) ?? this.database.prepare(query)
    this.#statements.set(query, statement)
    return new Cursor(statement.all(...bindings))
  }

  transactionSync<T>(work: () => T): T {
    this.#begin()
    const name = `nested${this.#savepoints++}`
    this.database.exec(`SAVEPOINT ${name}`)
    try {
      const result = work()
      this.database.exec(`RELEASE ${name}`)
      return result
    } catch (error) {
      this.database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
      throw error
    } finally {
      this.#savepoints--
    }
  }

  commit(): void {
    if (this.#isOpen) this.database.exec('COMMIT')
    this.#isOpen = false
    this.#isChanged = false
  }

  rollBack(): void {
    if (this.#isOpen) this.database.exec('ROLLBACK')
    this.#isOpen = false
    this.#isChanged = false
  }

  deleteAll(): void {
    this.markChanged()
    const tables = this.database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`).all()
    for (const { name } of tables) this.database.exec(`DROP TABLE "${name}"`)
    this.#statements.clear()
  }

  #begin(): void {
    if (this.#isOpen) return
    this.database.exec('BEGIN')
    this.#isOpen = true
  }
}
