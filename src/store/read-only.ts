import { drizzle } from 'drizzle-orm/d1'
import type { Store } from './store.ts'

/** A statement reveals by its first word whether it writes, except after `WITH`. Values are bound, so no text of a person is in it. */
const WRITES = /^\s*(?:insert|update|delete|replace|with\b[\s\S]*\b(?:insert(?:\s+or\s+\w+)?\s+into|update\s+\S+\s+set|delete\s+from))\b/i

/** In the place of a statement that would write. It returns no row. */
const NOTHING = 'SELECT 1 WHERE 0'

const stores = new WeakMap<Store, Store>()

/** The same database, in which a statement that writes does nothing. For an answer that is only compared. */
export const readOnly = (store: Store): Store => {
  const known = stores.get(store)
  if (known) return known
  const { $client } = store.orm
  const nothing = $client.prepare(NOTHING)
  /** Accepts any values. */
  const unbound: D1PreparedStatement = Object.assign(nothing, { bind: () => nothing })
  const database = new Proxy($client, {
    get: (target, name) => {
      if (name === 'prepare') return (text: string) => (WRITES.test(text) ? unbound : target.prepare(text))
      return Reflect.get(target, name).bind(target)
    },
  })
  const reading = { orm: drizzle(database) }
  stores.set(store, reading)
  return reading
}
