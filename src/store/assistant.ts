import { and, desc, eq, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { assistantTurns } from './tables/assistant.ts'
import { recoveryProfiles } from './tables/recovery.ts'

export type Turn = Pick<typeof assistantTurns.$inferSelect, 'role' | 'text'>

interface Spoken {
  readonly accountId: number
  readonly text: string
  readonly now: number
  /** No more than so many in so long. */
  readonly atMost: number
  readonly withinMs: number
  readonly context: number
}

export interface Listened {
  /** Null where too much was said of late, and this was not kept. */
  readonly turnId: number | null
  /** What was said before, the oldest first. */
  readonly before: readonly Turn[]
  readonly location: string
}

/**
 * Keeps what a person errorResponse, unless they say too much: of many at once, the statement counts them one by one. With it
 * comes what was said before, and where they are.
 */
export const addQuestion = async (store: Store, spoken: Spoken): Promise<Listened> => {
  const { orm } = store
  const { accountId, text, now } = spoken
  const theirs = eq(assistantTurns.accountId, accountId)
  // The newest few rows are all that has to be read: older ones can't make it too many.
  const recent = sql`(SELECT count(*) FROM (
    SELECT role, created_at FROM ${assistantTurns} WHERE ${theirs} ORDER BY id DESC LIMIT ${2 * spoken.atMost}
  ) WHERE role = 'user' AND created_at > ${now - spoken.withinMs})`
  const [before, profile, added] = await orm.batch([
    orm
      .select({ role: assistantTurns.role, text: assistantTurns.text })
      .from(assistantTurns)
      .where(theirs)
      .orderBy(desc(assistantTurns.id))
      .limit(spoken.context),
    orm.select({ location: recoveryProfiles.location }).from(recoveryProfiles).where(eq(recoveryProfiles.accountId, accountId)),
    orm
      .insert(assistantTurns)
      .select(sql`SELECT NULL, ${accountId}, 'user', ${text}, ${now} WHERE ${recent} < ${spoken.atMost}`)
      .returning({ id: assistantTurns.id }),
  ])
  return { turnId: added[0]?.id ?? null, before: before.reverse(), location: profile[0]?.location ?? '' }
}

/** Keeps the answer, and forgets what is too old to be told to the model again. */
export const addAnswer = async (
  store: Store,
  accountId: number,
  text: string,
  { now, kept }: { now: number; kept: number },
): Promise<void> => {
  const { orm } = store
  const theirs = eq(assistantTurns.accountId, accountId)
  await orm.batch([
    orm.insert(assistantTurns).values({ accountId, role: 'assistant', text, createdAt: now }),
    orm
      .delete(assistantTurns)
      .where(
        and(
          theirs,
          sql`${assistantTurns.id} <= (SELECT id FROM ${assistantTurns} WHERE ${theirs} ORDER BY id DESC LIMIT 1 OFFSET ${kept})`,
        ),
      ),
  ])
}

/** What was never answered is not part of the conversation: it will be said again. */
export const dropQuestion = async (store: Store, accountId: number, id: number): Promise<void> => {
  await store.orm.delete(assistantTurns).where(and(eq(assistantTurns.id, id), eq(assistantTurns.accountId, accountId)))
}
