import { env } from 'cloudflare:workers'
import { createStore, type Store } from '../../src/store/store.ts'

/** The statements that a store function sends, with their bound values. */
const statementsOf = async (work: (store: Store) => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> => {
  const statements: { text: string; values: unknown[] }[] = []
  const database = new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'prepare') return Reflect.get(target, name).bind(target)
      return (text: string) =>
        new Proxy(target.prepare(text), {
          get: (prepared, key) => {
            if (key !== 'bind') return Reflect.get(prepared, key).bind(prepared)
            return (...values: unknown[]) => {
              statements.push({ text, values })
              return prepared.bind(...values)
            }
          },
        })
    },
  })
  await work(createStore(database))
  return statements
}

/** SQLite's query plan of the statements that a store function sends: one line per step, as EXPLAIN QUERY PLAN returns them. */
export const explain = async (work: (store: Store) => Promise<unknown>): Promise<string[]> => {
  const steps: string[] = []
  for (const { text, values } of await statementsOf(work)) {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...values)
      .all<{ detail: string }>()
    steps.push(...results.map(({ detail }) => detail))
  }
  return steps
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
