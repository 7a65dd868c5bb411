import { fillPlaceholders, type Placeholder, type SQL } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

/** What every store function takes first. To the core it is a thing to hand on, no more. */
export interface Store {
  readonly orm: DrizzleD1Database & { readonly $client: D1Database }
}

export const createStore = (database: D1Database): Store => ({ orm: drizzle(database) })

/**
 * A query whose text is made once per database handle, and not at each call: for what is asked at every request.
 * What changes from call to call is a `sql.placeholder`.
 */
export const prepared = <Q>(build: (orm: Store['orm']) => Q): ((store: Store) => Q) => {
  const made = new WeakMap<Store, Q>()
  return (store) => {
    const query = made.get(store) ?? build(store.orm)
    made.set(store, query)
    return query
  }
}

/** What may stand in a statement's place for an id: a column or a query, a value, or what `prepared` leaves open. */
export type Operand = SQL | Placeholder | number

interface Text {
  readonly sql: string
  readonly params: unknown[]
}

type Statement = { toSQL(): Text } | { getQuery(): Text }

export type Row = Readonly<Record<string, string | number | null>>

/** The same for a batch, whose rows come as the database names their columns. */
export const preparedBatch = (build: (orm: Store['orm']) => readonly Statement[]) => {
  const made = new WeakMap<Store, readonly { readonly statement: D1PreparedStatement; readonly params: unknown[] }[]>()
  const make = (store: Store) => {
    const batch = build(store.orm).map((query) => {
      const { sql, params } = 'toSQL' in query ? query.toSQL() : query.getQuery()
      return { statement: store.orm.$client.prepare(sql), params }
    })
    made.set(store, batch)
    return batch
  }
  return async (store: Store, values: Readonly<Record<string, string | number | null>>): Promise<readonly (readonly Row[])[]> => {
    const batch = made.get(store) ?? make(store)
    const bound = batch.map(({ statement, params }) => statement.bind(...fillPlaceholders(params, values)))
    const answers = await store.orm.$client.batch<Row>(bound)
    return answers.map(({ results }) => results)
  }
}

/**
 * A statement in SQL's own words, that can also stand in a batch: drizzle's batch binds the parameters of a raw
 * statement without having prepared it, and stumbles.
 */
export const rowsOf = <T>(orm: Store['orm'], query: SQL) => {
  const statement = orm.all<T>(query)
  return Object.assign(statement, { stmt: orm.$client.prepare(statement.getQuery().sql) })
}

/** The same, for a statement of which only the number of rows that it wrote matters. */
export const changesOf = (orm: Store['orm'], query: SQL) => {
  const statement = orm.run(query)
  return Object.assign(statement, { stmt: orm.$client.prepare(statement.getQuery().sql) })
}

/** Anything that a D1 `SELECT 1` can tell: whether the database answers at all. */
export const isReachable = async (store: Store): Promise<boolean> => {
  try {
    await store.orm.run('SELECT 1')
    return true
  } catch {
    return false
  }
}
