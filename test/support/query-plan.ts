import { env } from 'cloudflare:workers'

/** How SQLite goes about every statement that a piece of work asks for: one line a step, as EXPLAIN QUERY PLAN has them. */
export const plansOf = async (work: (database: D1Database) => Promise<unknown>): Promise<string[]> => {
  const asked: { query: string; values: unknown[] }[] = []
  const recording = new Proxy(env.DB, {
    get: (target, name) => {
      if (name === 'prepare') return (query: string) => recorded(target.prepare(query), query, [])
      if (name === 'batch') return (statements: D1PreparedStatement[]) => target.batch(statements)
      return Reflect.get(target, name)
    },
  })
  const recorded = (statement: D1PreparedStatement, query: string, values: unknown[]): D1PreparedStatement => {
    const entry = { query, values }
    asked.push(entry)
    const bind = statement.bind.bind(statement)
    return Object.assign(statement, {
      bind: (...bound: unknown[]) => {
        asked.splice(asked.indexOf(entry), 1)
        return recorded(bind(...bound), query, bound)
      },
    })
  }
  await work(recording)
  const plans: string[] = []
  for (const { query, values } of asked) {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`)
      .bind(...values)
      .all<{ detail: string }>()
    plans.push(...results.map(({ detail }) => detail))
  }
  return plans
}

/** Steps that read more than they show: a whole table, or all of it to put it in order. */
export const costly = (plans: readonly string[]): string[] =>
  plans.filter((step) => /^SCAN (?!CONSTANT|\(subquery|\w+ VIRTUAL)|TEMP B-TREE FOR (?:ORDER|LAST)/.test(step))
