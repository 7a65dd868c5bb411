import { env } from 'cloudflare:workers'
import { createStore, type Store } from '../../src/store/store.ts'

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

/** SQLite's query plan of a statement: one line per step, as EXPLAIN QUERY PLAN returns them. */
export const planOf = async ({ sql, values }: Query): Promise<string[]> => {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}

/** The query plans of all statements that a store function sends. */
export const explain = async (work: (store: Store) => Promise<unknown>): Promise<string[]> => {
  const steps: string[] = []
  for (const query of await queriesOf((database) => work(createStore(database)))) steps.push(...(await planOf(query)))
  return steps
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

/** The steps that read more rows than they return: scans of a table or index, and sorts. `intermediate` names temporary tables, whose scans are allowed. */
export const expensiveSteps = (steps: readonly string[], ...intermediate: string[]): string[] =>
  steps.filter((step) => {
    if (step.includes('TEMP B-TREE')) return true
    const [, scanned = ''] = /^SCAN (\S+)/.exec(step) ?? []
    return (
      scanned !== '' && !scanned.startsWith('(') && !intermediate.includes(scanned) && scanned !== 'CONSTANT' && scanned !== 'json_each'
    )
  })
