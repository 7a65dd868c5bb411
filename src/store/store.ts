import { fillPlaceholders, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

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
  /** The same statement, which sends the check along as long as it is open. */
  readonly checked: (statement: D1PreparedStatement) => D1PreparedStatement
  readonly batch: <T>(statements: D1PreparedStatement[]) => Promise<D1Result<T>[]>
}

export const createStore = (database: D1Database): Store => ({ orm: drizzle(database) })

/**
 * A query whose SQL text is built once per database handle instead of at each call. For queries that run at every request.
 * Values that change from call to call are `sql.placeholder`s.
 */
export const prepared = <Q extends object>(build: (orm: Store['orm']) => Q): ((store: Store) => Q) => {
  const cache = new WeakMap<Store, Q>()
  return (store) => {
    const { base = store, check } = store
    const query = cache.get(base) ?? build(base.orm)
    cache.set(base, query)
    return check ? withCheck(query, check) : query
  }
}

const withCheck = <Q extends object>(query: Q, { checked }: StatementCheck): Q => withStatement(query, checked(statementOf(query)))

/** The same prepared query with another statement: drizzle reads the property `stmt` when it runs the query. */
const withStatement = <Q extends object>(query: Q, statement: object): Q =>
  new Proxy(query, { get: (target, name, receiver) => (name === 'stmt' ? statement : Reflect.get(target, name, receiver)) })

const statementOf = (query: object): D1PreparedStatement => Reflect.get(query, 'stmt')

/** The statement of a prepared query with its values, to be executed in a batch. */
export const bound = (
  query: { getQuery(): CompiledQuery },
  values: Readonly<Record<string, string | number | null>>,
): D1PreparedStatement => statementOf(query).bind(...fillPlaceholders(query.getQuery().params, values))

/** The same prepared query, which reads the rows that a batch has returned for its statement. */
export const reading = <Q extends object>(query: Q, { results }: D1Result<object>): Q =>
  withStatement(query, { bind: () => ({ raw: async () => results.map((row) => Object.values(row)) }) })

/** What may be used as an id in a statement: a column or subquery, a value, or a placeholder of `prepared`. */
export type Operand = SQL | Placeholder | number

interface CompiledQuery {
  readonly sql: string
  readonly params: unknown[]
}

type Compilable = { toSQL(): CompiledQuery } | { getQuery(): CompiledQuery }

export type Row = Readonly<Record<string, string | number | null>>

/** The same for a batch. Its rows have the column names of the database as keys. */
export const preparedBatch = (build: (orm: Store['orm']) => readonly Compilable[]) => {
  const cache = new WeakMap<Store, readonly { readonly statement: D1PreparedStatement; readonly params: unknown[] }[]>()
  const prepareBatch = (store: Store) => {
    const batch = build(store.orm).map((query) => {
      const { sql, params } = 'toSQL' in query ? query.toSQL() : query.getQuery()
      return { statement: store.orm.$client.prepare(sql), params }
    })
    cache.set(store, batch)
    return batch
  }
  return async (store: Store, values: Readonly<Record<string, string | number | null>>): Promise<readonly (readonly Row[])[]> => {
    const { base = store, check = store.orm.$client } = store
    const batch = cache.get(base) ?? prepareBatch(base)
    const bound = batch.map(({ statement, params }) => statement.bind(...fillPlaceholders(params, values)))
    const results = await check.batch<Row>(bound)
    return results.map(({ results: rows }) => rows)
  }
}

/** What `compile` makes of a rule, once per rule: rules are constants of model/. */
export const compiledOnce = <R extends object, T>(compile: (rule: R) => T): ((rule: R) => T) => {
  const cache = new WeakMap<R, { readonly compiled: T }>()
  return (rule) => {
    const entry = cache.get(rule) ?? { compiled: compile(rule) }
    cache.set(rule, entry)
    return entry.compiled
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
