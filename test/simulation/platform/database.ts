import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Scheduler } from './scheduler.ts'

/** What of the database goes wrong. */
export interface DatabaseFaults {
  latency(): number
  fate(): 'answers' | 'fails' | 'answer-lost'
}

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')
const migrations = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(join(MIGRATIONS, name), 'utf8'))

export interface Result {
  readonly success: true
  readonly results: readonly Readonly<Record<string, unknown>>[]
  readonly meta: { readonly changes: number }
}

/** What a statement is sent to. */
interface Connection {
  batch(statements: readonly Statement[]): Promise<Result[]>
}

export class Statement {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
  readonly #connection: Connection

  constructor(connection: Connection, sql: string, parameters: readonly SQLInputValue[] = []) {
    this.#connection = connection
    this.sql = sql
    this.parameters = parameters
  }

  bind(...parameters: (SQLInputValue | boolean)[]): Statement {
    const values = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value))
    return new Statement(this.#connection, this.sql, values)
  }

  async all(): Promise<Result | undefined> {
    return (await this.#connection.batch([this]))[0]
  }

  run(): Promise<Result | undefined> {
    return this.all()
  }

  async first(): Promise<Readonly<Record<string, unknown>> | null> {
    return (await this.all())?.results[0] ?? null
  }

  /** The columns of a row as a list. They have different names, because rows are objects here. */
  async raw(): Promise<unknown[][]> {
    return ((await this.all())?.results ?? []).map((row) => Object.values(row))
  }
}

/** A database with the tables of the Worker, at one place. */
export class LocalDatabase {
  readonly #database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()
  readonly #changesOfLast = this.#database.prepare('SELECT changes() AS count')

  constructor(scheduler: Scheduler) {
    this.#database.function('unixepoch', { varargs: true }, () => Math.floor(scheduler.wallClock() / 1000))
    for (const migration of migrations) this.#database.exec(migration)
  }

  execute(sql: string, ...parameters: SQLInputValue[]): Result {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    const results = statement.all(...parameters)
    return { success: true, results, meta: { changes: this.#changes } }
  }

  get #changes(): number {
    return Number(this.#changesOfLast.get()?.count)
  }

  /** A batch is one transaction. */
  transaction(statements: readonly Statement[]): Result[] {
    this.#database.exec('BEGIN')
    try {
      const results = statements.map(({ sql, parameters }) => this.execute(sql, ...parameters))
      this.#database.exec('COMMIT')
      return results
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }
}

/** D1 as the Worker sees it: a batch takes one trip there and one back. */
export class SimulatedDatabase {
  readonly local: LocalDatabase
  readonly #scheduler: Scheduler
  readonly #faults: DatabaseFaults

  constructor(scheduler: Scheduler, faults: DatabaseFaults) {
    this.#scheduler = scheduler
    this.#faults = faults
    this.local = new LocalDatabase(scheduler)
  }

  prepare(sql: string): Statement {
    return new Statement(this, sql)
  }

  batch(statements: readonly Statement[]): Promise<Result[]> {
    const scheduler = this.#scheduler
    const { current: owner } = scheduler
    return new Promise((resolve, reject) => {
      const fate = this.#faults.fate()
      if (owner) owner.pending++
      const answer = (settle: () => void): void => {
        if (owner) owner.pending--
        scheduler.after(this.#faults.latency(), settle, { owner })
      }
      const fail = (): void => answer(() => reject(new Error('D1_ERROR: Network connection lost.')))
      const arrive = (): void => {
        try {
          const results = fate === 'fails' ? [] : this.local.transaction(statements)
          if (fate !== 'answers') fail()
          else answer(() => resolve(results))
        } catch (error) {
          answer(() => reject(error))
        }
      }
      const send = (): void => void scheduler.plain(this.#faults.latency(), arrive)
      if (owner) owner.output(send)
      else send()
    })
  }
}
