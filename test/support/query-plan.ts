import { planOf, queriesOf } from './queries.ts'

/** How SQLite goes about every statement that a piece of work asks for: one line a step, as EXPLAIN QUERY PLAN has them. */
export const plansOf = async (work: (database: D1Database) => Promise<unknown>): Promise<string[]> => {
  const plans: string[] = []
  for (const query of await queriesOf(work)) plans.push(...(await planOf(query)))
  return plans
}

/** Steps that read more than they show: a whole table, or all of it to put it in order. */
export const costly = (plans: readonly string[]): string[] =>
  plans.filter((step) => /^SCAN (?!CONSTANT|\(subquery|\w+ VIRTUAL)|TEMP B-TREE FOR (?:ORDER|LAST)/.test(step))
