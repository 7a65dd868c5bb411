import { type DrizzleTypeError, fillPlaceholders, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { rowReaderOf } from './row-reader.ts'

/** The first parameter of every store function. The core only passes it on. */
export interface Store {
  readonly orm: DrizzleD1Database & { readonly $client: D1Database }
  /** In the store of a request whose caller is not checked yet: what sends the check along with the first statements. */
  readonly check?: StatementCheck
  /** The store whose prepared queries this one shares. */
  readonly base?: Store
}

/** Runs statements together with others that check something first. Nothing runs if the check fails. */
export interface StatementCheck {
  readonly batch: <T>(statements: D1PreparedStatement[]) => Promise<D1Result<T>[]>
}

export const createStore = (database: D1Database): Store => ({ orm: drizzle(database) })

/** What `compile` makes of a value, once per value: rules are constants of model/, and an isolate has few database handles. */
export const compiledOnce = <K extends object, T extends object>(compile: (value: K) => T): ((value: K) => T) => {
  const cache = new WeakMap<K, T>()
  return (value) => {
    const compiled = cache.get(value) ?? compile(value)
    cache.set(value, compiled)
    return compiled
  }
}

/** The values of a query's placeholders. */
type Values = Readonly<Record<string, string | number | null>>

interface CompiledQuery {
  readonly sql: string
  readonly params: unknown[]
}

type Compilable = { toSQL(): CompiledQuery } | { getQuery(): CompiledQuery }

/** Prepares the statement once. The returned function binds the values of a call to it. */
const binderOf = ({ orm }: Store, query: Compilable): ((values: Values) => D1PreparedStatement) => {
  const { sql: text, params } = 'toSQL' in query ? query.toSQL() : query.getQuery()
  const statement = orm.$client.prepare(text)
  return (values) => statement.bind(...fillPlaceholders(params, values))
}

/** What drizzle builds. Of its own execution only the type of the rows is used. */
interface Built<T> {
  all(): Promise<T[] | DrizzleTypeError<string>>
  getQuery(): CompiledQuery
}

/** A query whose SQL text is built once per database handle, and the function that reads its rows. */
interface PreparedQuery<T> {
  all(values: Values): Promise<T[]>
  get(values: Values): Promise<T | undefined>
  /** The statement with its values, to be executed in a batch. */
  bind(values: Values): D1PreparedStatement
  /** The rows that a batch has returned for the statement. */
  rowsOf(result: D1Result<object>): T[]
}

/**
 * For queries that run at every request: drizzle builds them once per database handle instead of at each call. Values that change
 * from call to call are `sql.placeholder`s.
 */
export const prepared = <T>(build: (orm: Store['orm']) => Built<T>): ((store: Store) => PreparedQuery<T>) => {
  const prepare = compiledOnce((base: Store): Pick<PreparedQuery<T>, 'bind' | 'rowsOf'> => {
    const query = build(base.orm)
    const read = rowReaderOf(query)
    return { bind: binderOf(base, query), rowsOf: ({ results }) => results.map((row) => read(Object.values(row))) }
  })
  return (store) => {
    const { base = store, check = base.orm.$client } = store
    const query = prepare(base)
    const all = async (values: Values): Promise<T[]> => {
      const [result] = await check.batch<object>([query.bind(values)])
      return result ? query.rowsOf(result) : []
    }
    return { ...query, all, get: async (values) => (await all(values))[0] }
  }
}

/** A query whose only row is this number. */
export const preparedNumber = (number: SQL<number>) =>
  prepared((orm) =>
    orm
      .select({ number: sql<number>`${number}`.as('number') })
      .from(sql`(SELECT 1)`)
      .prepare(),
  )

/** Runs two prepared queries in one batch. */
export const runBoth = async <A, B>(
  store: Store,
  one: (store: Store) => PreparedQuery<A>,
  other: (store: Store) => PreparedQuery<B>,
  values: Values,
): Promise<[A[], B[]]> => {
  const { check = store.orm.$client } = store
  const [first, second] = [one(store), other(store)]
  const [firstResult, secondResult] = await check.batch<object>([first.bind(values), second.bind(values)])
  return [firstResult ? first.rowsOf(firstResult) : [], secondResult ? second.rowsOf(secondResult) : []]
}

/** What may be used as an id in a statement: a column or subquery, a value, or a placeholder of `prepared`. */
export type Operand = SQL | Placeholder | number

export type Row = Readonly<Record<string, string | number | null>>

/** The same for a batch. Its rows have the column names of the database as keys. */
export const preparedBatch = (build: (orm: Store['orm']) => readonly Compilable[]) => {
  const prepare = compiledOnce((base: Store) => build(base.orm).map((query) => binderOf(base, query)))
  return async (store: Store, values: Values): Promise<readonly (readonly Row[])[]> => {
    const { base = store, check = base.orm.$client } = store
    const results = await check.batch<Row>(prepare(base).map((bind) => bind(values)))
    return results.map(({ results: rows }) => rows)
  }
}

/** A text of a rule as a literal in the statement. With a bound parameter SQLite would not use the partial indexes. */
export const literal = (text: string): SQL => sql.raw(`'${text.replaceAll("'", "''")}'`)

export const literals = (texts: readonly string[]): SQL => sql.join(texts.map(literal), sql`, `)

/**
 * A raw SQL statement that can also be part of a batch. Without `stmt`, drizzle's batch binds the parameters of a raw
 * statement that it has not prepared, and fails.
 */
export const rowsOf = <T>(orm: Store['orm'], query: SQL) => {
  const statement = orm.all<T>(query)
  return Object.assign(statement, { stmt: orm.$client.prepare(statement.getQuery().sql) })
}

/** The same, for a statement whose only result is the number of changed rows. */
export const changesOf = (orm: Store['orm'], query: SQL) => {
  const statement = orm.run(query)
  return Object.assign(statement, { stmt: orm.$client.prepare(statement.getQuery().sql) })
}
