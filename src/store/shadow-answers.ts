import { sql } from 'drizzle-orm'
import type { ShadowAnswer } from '../model/upstream.ts'
import type { Store } from './store.ts'
import { shadowAnswers } from './tables/shadow-answers.ts'

/** The difference of an answer that has none. */
const NONE = ''

/** Counts each difference of an answer, in one statement. */
export const countShadowAnswer = async ({ orm }: Store, { contract, route, differences }: ShadowAnswer, now: number): Promise<void> => {
  const counted = JSON.stringify(differences.length === 0 ? [NONE] : differences)
  await orm
    .insert(shadowAnswers)
    .select(
      orm
        .select({
          contract: sql<string>`${contract}`.as('contract'),
          route: sql<string>`${route}`.as('route'),
          difference: sql<string>`value`.as('difference'),
          answers: sql<number>`1`.as('answers'),
          lastAt: sql<number>`${now}`.as('last_at'),
        })
        .from(sql`json_each(${counted})`)
        .where(sql`true`),
    )
    .onConflictDoUpdate({
      target: [shadowAnswers.contract, shadowAnswers.route, shadowAnswers.difference],
      set: { answers: sql`answers + 1`, lastAt: now },
    })
}
