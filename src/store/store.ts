import type { SQL } from 'drizzle-orm'
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
