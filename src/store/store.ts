import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

/** What every store function takes first. To the core it is a thing to hand on, no more. */
export interface Store {
  readonly orm: DrizzleD1Database
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

/** Anything that a D1 `SELECT 1` can tell: whether the database answers at all. */
export const isReachable = async (store: Store): Promise<boolean> => {
  try {
    await store.orm.run('SELECT 1')
    return true
  } catch {
    return false
  }
}
