import { planOf, queriesOf } from './queries.ts'

/** SQLite's query plans of all statements that `work` sends: one line per step, as EXPLAIN QUERY PLAN returns them. */
export const plansOf = async (work: (database: D1Database) => Promise<unknown>): Promise<string[]> => {
  const plans: string[] = []
  for (const query of await queriesOf(work)) plans.push(...(await planOf(query)))
  return plans
}

/** The steps that read more rows than they return: full table scans and sorts. */
export const expensiveSteps = (plans: readonly string[]): string[] =>
  plans.filter((step) => /^SCAN (?!CONSTANT|\(subquery|\w+ VIRTUAL)|TEMP B-TREE FOR (?:ORDER|LAST)/.test(step))
