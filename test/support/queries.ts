import { env } from 'cloudflare:workers'
import { createStore, type Store } from '../../src/store/store.ts'

/** What a store function sends to D1, and what D1 says of it. */

interface Query {
  readonly sql: string
  readonly values: readonly unknown[]
}

const spied = (queries: Query[]): Store =>
  createStore(
    new Proxy(env.DB, {
      get: (database, key) => {
        if (key !== 'prepare') return Reflect.get(database, key).bind(database)
        return (sql: string) => {
          const statement = database.prepare(sql)
          return new Proxy(statement, {
            get: (_, method) => {
              if (method !== 'bind') return Reflect.get(statement, method).bind(statement)
              return (...values: unknown[]) => {
                queries.push({ sql, values })
                return statement.bind(...values)
              }
            },
          })
        }
      },
    }),
  )

/** The statements that a call sends, in their order. */
export const queriesOf = async (run: (store: Store) => Promise<unknown>): Promise<Query[]> => {
  const queries: Query[] = []
  await run(spied(queries))
  return queries
}

/** How SQLite goes about each of them, in its own words. */
export const planOf = async ({ sql, values }: Query): Promise<string[]> => {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}

/** How many rows a call reads, indexes included. */
export const rowsReadBy = async (run: (store: Store) => Promise<unknown>): Promise<number> => {
  let rows = 0
  for (const { sql, values } of await queriesOf(run)) {
    const { meta } = await env.DB.prepare(sql)
      .bind(...values)
      .all()
    rows += meta.rows_read
  }
  return rows
}
