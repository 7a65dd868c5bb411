import { env } from 'cloudflare:workers'
import { createStore, type Store } from '../../src/store/store.ts'

/** Every statement that some work on the store sends, with what is bound to it. */
const statementsOf = async (work: (store: Store) => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> => {
  const sent: { text: string; values: unknown[] }[] = []
  const database = new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'prepare') return Reflect.get(target, name).bind(target)
      return (text: string) =>
        new Proxy(target.prepare(text), {
          get: (prepared, key) => {
            if (key !== 'bind') return Reflect.get(prepared, key).bind(prepared)
            return (...values: unknown[]) => {
              sent.push({ text, values })
              return prepared.bind(...values)
            }
          },
        })
    },
  })
  await work(createStore(database))
  return sent
}

/** What SQLite does for the very statements that a store function sends: one line a step; a name stands for an index of SQLite's own. */
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

/** The steps that read what they don't show: a scan of a table or an index, or a sort. Scans of what was made on the way are none. */
export const costly = (steps: readonly string[], ...made: string[]): string[] =>
  steps.filter((step) => {
    if (step.includes('TEMP B-TREE')) return true
    const [, scanned = ''] = /^SCAN (\S+)/.exec(step) ?? []
    return scanned !== '' && !scanned.startsWith('(') && !made.includes(scanned) && scanned !== 'CONSTANT' && scanned !== 'json_each'
  })
