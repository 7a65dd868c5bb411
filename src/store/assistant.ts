import { and, desc, eq, sql } from 'drizzle-orm'
import type { AssistantRule, Turn } from '../model/assistant.ts'
import { literal, type Store } from './store.ts'
import { assistantTurns } from './tables/assistant.ts'
import { recoveryProfiles } from './tables/recovery.ts'

interface NewTurn {
  readonly accountId: number
  readonly text: string
  readonly now: number
}

const USER: Turn['role'] = 'user'

export interface AddedQuestion {
  /** Null if the rate limit was reached, so that the question was not stored. */
  readonly turnId: number | null
  /** The earlier turns, oldest first. */
  readonly before: readonly Turn[]
  readonly location: string
}

/**
 * Stores a person's question, unless the rate limit is reached: the INSERT itself counts, so concurrent questions are
 * counted one by one. It also returns the earlier turns and the person's location.
 */
export const addQuestion = async (
  store: Store,
  { accountId, text, now }: NewTurn,
  { rate, contextTurns }: AssistantRule,
): Promise<AddedQuestion> => {
  const { orm } = store
  const ofAccount = eq(assistantTurns.accountId, accountId)
  // A question has at most one answer, so twice the limit is enough: older rows cannot exceed it.
  const recent = sql`(SELECT count(*) FROM (
    SELECT role, created_at FROM ${assistantTurns} WHERE ${ofAccount} ORDER BY id DESC LIMIT ${2 * rate.max}
  ) WHERE role = ${literal(USER)} AND created_at > ${now - rate.withinMs})`
  const [before, profile, added] = await orm.batch([
    orm
      .select({ role: assistantTurns.role, text: assistantTurns.text })
      .from(assistantTurns)
      .where(ofAccount)
      .orderBy(desc(assistantTurns.id))
      .limit(contextTurns),
    orm.select({ location: recoveryProfiles.location }).from(recoveryProfiles).where(eq(recoveryProfiles.accountId, accountId)),
    orm
      .insert(assistantTurns)
      .select(sql`SELECT NULL, ${accountId}, ${literal(USER)}, ${text}, ${now} WHERE ${recent} < ${rate.max}`)
      .returning({ id: assistantTurns.id }),
  ])
  return { turnId: added[0]?.id ?? null, before: before.reverse(), location: profile[0]?.location ?? '' }
}

/** Stores the answer, and deletes the turns that are too old to be sent to the model again. */
export const addAnswer = async (store: Store, { accountId, text, now }: NewTurn, { storedTurns }: AssistantRule): Promise<void> => {
  const { orm } = store
  const ofAccount = eq(assistantTurns.accountId, accountId)
  await orm.batch([
    orm.insert(assistantTurns).values({ accountId, role: 'assistant', text, createdAt: now }),
    orm
      .delete(assistantTurns)
      .where(
        and(
          ofAccount,
          sql`${assistantTurns.id} <= (SELECT id FROM ${assistantTurns} WHERE ${ofAccount} ORDER BY id DESC LIMIT 1 OFFSET ${storedTurns})`,
        ),
      ),
  ])
}

/** Deletes a question that got no answer. It is not part of the conversation: the person will send it again. */
export const deleteQuestion = async (store: Store, accountId: number, id: number): Promise<void> => {
  await store.orm.delete(assistantTurns).where(and(eq(assistantTurns.id, id), eq(assistantTurns.accountId, accountId)))
}
