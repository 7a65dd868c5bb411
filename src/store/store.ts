import { fillPlaceholders, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

/** The first parameter of every store function. The core only passes it on. */
export interface Store {
  readonly orm: DrizzleD1Database & { readonly $client: D1Database }
}

export const createStore = (database: D1Database): Store => ({ orm: drizzle(database) })

/**
 * A query whose SQL text is built once per database handle instead of at each call. For queries that run at every request.
 * Values that change from call to call are `sql.placeholder`s.
 */
export const prepared = <Q>(build: (orm: Store['orm']) => Q): ((store: Store) => Q) => {
  const cache = new WeakMap<Store, Q>()
  return (store) => {
    const query = cache.get(store) ?? build(store.orm)
    cache.set(store, query)
    return query
  }
}

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
    const batch = cache.get(store) ?? prepareBatch(store)
    const bound = batch.map(({ statement, params }) => statement.bind(...fillPlaceholders(params, values)))
    const results = await store.orm.$client.batch<Row>(bound)
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

/** Whether the database responds to a `SELECT 1`. */
export const isReachable = async (store: Store): Promise<boolean> => {
  try {
    await store.orm.run('SELECT 1')
    return true
  } catch {
    return false
  }
}
