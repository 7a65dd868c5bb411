import { CliError } from './cli-error.ts'

/**
 * A local database is a file, and only one process at a time may write to it. The runtime does not wait for another process: a
 * statement that finds the file locked fails at once. That happens to any command while the server is running, even to a
 * query, because the runtime also locks the file to get the bookmark of a query's session.
 */

const MAX_WAIT_MS = 15_000
const REPORT_AFTER_MS = 1000
const RETRY_MS = 20

/** Both errors end the statement's transaction, so nothing of it is applied and it can be repeated. */
const isBusy = (error: unknown): boolean => /SQLITE_BUSY|Failed to get session commit token/.test(String(error))

interface Waiting {
  readonly maxWaitMs?: number
  readonly report?: (line: string) => void
}

/** Executes something again while another process has locked the database. */
type WhenFree = <T>(execute: () => Promise<T>) => Promise<T>

export const whenFreeWith =
  ({ maxWaitMs = MAX_WAIT_MS, report = console.error }: Waiting): WhenFree =>
  async (execute) => {
    const startedAt = performance.now()
    let isReported = false
    for (;;) {
      try {
        return await execute()
      } catch (error) {
        if (!isBusy(error)) throw error
      }
      const waitedMs = performance.now() - startedAt
      if (waitedMs > maxWaitMs) {
        throw new CliError('The database is still busy: another process, probably the server, is writing to it. Try again later.')
      }
      if (waitedMs > REPORT_AFTER_MS && !isReported) {
        report('The database is busy: waiting …')
        isReported = true
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

class WaitingStatement implements D1PreparedStatement {
  readonly #statement: D1PreparedStatement
  readonly #whenFree: WhenFree

  constructor(statement: D1PreparedStatement, whenFree: WhenFree) {
    this.#statement = statement
    this.#whenFree = whenFree
  }

  /** The statement inside: a batch accepts only statements of the database itself. */
  static original = (statement: D1PreparedStatement): D1PreparedStatement =>
    statement instanceof WaitingStatement ? statement.#statement : statement

  bind(...values: unknown[]): D1PreparedStatement {
    return new WaitingStatement(this.#statement.bind(...values), this.#whenFree)
  }

  first<T = unknown>(column: string): Promise<T | null>
  first<T = Record<string, unknown>>(): Promise<T | null>
  first<T>(column?: string): Promise<T | null> {
    return this.#whenFree(() => (column === undefined ? this.#statement.first<T>() : this.#statement.first<T>(column)))
  }

  run<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.#whenFree(() => this.#statement.run<T>())
  }

  all<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.#whenFree(() => this.#statement.all<T>())
  }

  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>
  raw<T>(options?: { columnNames?: boolean }): Promise<T[] | [string[], ...T[]]> {
    return this.#whenFree<T[] | [string[], ...T[]]>(() =>
      options?.columnNames ? this.#statement.raw<T>({ columnNames: true }) : this.#statement.raw<T>(),
    )
  }
}

class WaitingDatabase implements D1Database {
  readonly #database: D1Database
  readonly #whenFree: WhenFree

  constructor(database: D1Database, whenFree: WhenFree) {
    this.#database = database
    this.#whenFree = whenFree
  }

  prepare(query: string): D1PreparedStatement {
    return new WaitingStatement(this.#database.prepare(query), this.#whenFree)
  }

  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    return this.#whenFree(() => this.#database.batch<T>(statements.map(WaitingStatement.original)))
  }

  exec(query: string): Promise<D1ExecResult> {
    return this.#database.exec(query)
  }

  withSession(constraintOrBookmark?: D1SessionBookmark | D1SessionConstraint): D1DatabaseSession {
    return this.#database.withSession(constraintOrBookmark)
  }

  dump(): Promise<ArrayBuffer> {
    return this.#database.dump()
  }
}

/** The same database, whose statements and batches are repeated while another process has locked it. */
export const waitingDatabase = (database: D1Database, waiting: Waiting = {}): D1Database =>
  new WaitingDatabase(database, whenFreeWith(waiting))
