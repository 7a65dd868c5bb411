/**
 * The local database over HTTP: one request for each call. `serveDatabase` runs in the local runtime, and `BridgedDatabase` is the
 * same database for this process.
 */

type Value = string | number | boolean | null

interface Statement {
  readonly sql: string
  readonly values: readonly Value[]
}

interface Call {
  readonly statements: readonly Statement[]
  /** Null for a batch. Otherwise only the first statement is executed, and its rows are arrays; with `columnNames`, the first row has the names. */
  readonly raw: { readonly columnNames: boolean } | null
}

interface Bindings {
  readonly DB: D1Database
  /** Other programs of this machine can reach the address, too. */
  readonly DATABASE_SECRET: string
}

/** The runtime gets the text of this function, so it must not use anything of this module or of Node. */
export const serveDatabase = async (request: Request, { DB, DATABASE_SECRET }: Bindings): Promise<Response> => {
  if (request.headers.get('Authorization') !== DATABASE_SECRET) return new Response(null, { status: 404 })
  try {
    const { statements, raw }: Call = await request.json()
    const bound = statements.map(({ sql, values }) => DB.prepare(sql).bind(...values))
    const [first] = bound
    if (raw === null || !first) return Response.json(await DB.batch(bound))
    return Response.json(await (raw.columnNames ? first.raw({ columnNames: true }) : first.raw()))
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 })
  }
}

const isValue = (value: unknown): value is Value =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))

/** JSON would change any other value without an error. */
const requireValue = (value: unknown): Value => {
  if (!isValue(value)) throw new TypeError(`a statement on the command line cannot have a value of the type ${typeof value}`)
  return value
}

class BridgedStatement implements D1PreparedStatement {
  readonly statement: Statement
  readonly #database: BridgedDatabase

  constructor(database: BridgedDatabase, statement: Statement) {
    this.#database = database
    this.statement = statement
  }

  bind(...values: unknown[]): D1PreparedStatement {
    return new BridgedStatement(this.#database, { ...this.statement, values: values.map(requireValue) })
  }

  async all<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    const [result] = await this.#database.batch<T>([this])
    if (!result) throw new Error('the database has not returned a result')
    return result
  }

  run<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.all<T>()
  }

  first<T = unknown>(column: string): Promise<T | null>
  first<T = Record<string, unknown>>(): Promise<T | null>
  async first<T>(column?: string): Promise<T | Record<string, T> | null> {
    const [row] = (await this.all<Record<string, T>>()).results
    if (!row) return null
    return column === undefined ? row : (row[column] ?? null)
  }

  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>
  raw<T>(options?: { columnNames?: boolean }): Promise<T[] | [string[], ...T[]]> {
    return this.#database.call({ statements: [this.statement], raw: { columnNames: options?.columnNames ?? false } })
  }
}

const unused = (): never => {
  throw new Error('the command line only executes prepared statements and batches of them')
}

const statementOf = (statement: D1PreparedStatement): Statement => {
  if (!(statement instanceof BridgedStatement)) throw new TypeError('the statement is of another database')
  return statement.statement
}

export class BridgedDatabase implements D1Database {
  readonly #address: URL
  readonly #secret: string

  constructor(address: URL, secret: string) {
    this.#address = address
    this.#secret = secret
  }

  /** Sends one call to `serveDatabase`. */
  async call<T>(call: Call): Promise<T> {
    const response = await fetch(this.#address, { method: 'POST', headers: { Authorization: this.#secret }, body: JSON.stringify(call) })
    if (!response.ok) throw new Error(await response.text())
    return response.json<T>()
  }

  prepare(sql: string): D1PreparedStatement {
    return new BridgedStatement(this, { sql, values: [] })
  }

  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    return this.call({ statements: statements.map(statementOf), raw: null })
  }

  exec = unused
  withSession = unused
  dump = unused
}
