import { and, count, eq, sql } from 'drizzle-orm'
import { plans, rsvps } from './schema.ts'
import type { Store } from './store.ts'

export interface Rsvp {
  readonly id: string
  readonly planId: string
  readonly accountId: number
  readonly createdAt: number
}

/**
 * Answers an invitation if the plan is there, may be seen by who answers, and has room. All of it is decided inside the
 * one INSERT: of two who want the last seat, or of one person's two taps, the later statement inserts nothing. The reads
 * beside it share its transaction, so they name the reason as it was when the insert was refused.
 */
export const insertRsvp = async (
  store: Store,
  rsvp: Rsvp,
): Promise<{ ok: true; rsvp: Rsvp } | { ok: false; because: 'plan-not-found' | 'rsvp-exists' | 'plan-full' }> => {
  const { orm } = store
  const visible = and(eq(plans.id, rsvp.planId), sql`(${plans.visibility} = 'public' OR ${plans.creatorId} = ${rsvp.accountId})`)
  const answers = sql`(SELECT count(*) FROM ${rsvps} WHERE ${rsvps.planId} = ${plans.id})`
  const [plan, mine, inserted] = await orm.batch([
    orm.select({ id: plans.id }).from(plans).where(visible),
    orm
      .select({ answers: count() })
      .from(rsvps)
      .where(and(eq(rsvps.planId, rsvp.planId), eq(rsvps.accountId, rsvp.accountId))),
    orm
      .insert(rsvps)
      .select(
        orm
          .select({
            id: sql<string>`${rsvp.id}`.as('id'),
            planId: plans.id,
            accountId: sql<number>`${rsvp.accountId}`.as('account_id'),
            createdAt: sql<number>`${rsvp.createdAt}`.as('created_at'),
          })
          .from(plans)
          .where(and(visible, sql`(${plans.capacity} IS NULL OR ${answers} < ${plans.capacity})`)),
      )
      .onConflictDoNothing()
      .returning(),
  ])
  const made = inserted[0]
  if (made) return { ok: true, rsvp: made }
  if (plan.length === 0) return { ok: false, because: 'plan-not-found' }
  return { ok: false, because: (mine[0]?.answers ?? 0) > 0 ? 'rsvp-exists' : 'plan-full' }
}
