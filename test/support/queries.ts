import { env } from 'cloudflare:workers'

/** The statements that a function sends to D1, their query plans, and the number of rows that they read. */

interface Query {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** The statements that `work` sends, in order. */
export const queriesOf = async (work: (database: D1Database) => Promise<unknown>): Promise<Query[]> => {
  const queries: Query[] = []
  const recorded = (sql: string): D1PreparedStatement => {
    const statement = env.DB.prepare(sql)
    return new Proxy(statement, {
      get: (_, name) => {
        if (name !== 'bind') return Reflect.get(statement, name).bind(statement)
        return (...values: unknown[]) => {
          queries.push({ sql, values })
          return statement.bind(...values)
        }
      },
    })
  }
  await work(
    new Proxy(env.DB, {
      get: (database, name) => (name === 'prepare' ? recorded : Reflect.get(database, name).bind(database)),
    }),
  )
  return queries
}

/** SQLite's query plan of a statement: one line per step. */
export const planOf = async ({ sql, values }: Query): Promise<string[]> => {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}

/** The number of rows that `work` reads, including index rows. */
export const rowsReadBy = async (work: (database: D1Database) => Promise<unknown>): Promise<number> => {
  let rows = 0
  for (const { sql, values } of await queriesOf(work)) {
    const { meta } = await env.DB.prepare(sql)
      .bind(...values)
      .all()
    rows += meta.rows_read
  }
  return rows
}
