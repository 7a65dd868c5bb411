import { and, eq, gt, or, type SQL, sql } from 'drizzle-orm'
import { type Reader, visibleTo } from './plans.ts'
import { accounts, plans, rsvps } from './schema.ts'
import { preparedBatch, type Store } from './store.ts'

export interface Rsvp {
  readonly id: string
  readonly planId: string
  readonly accountId: number
  readonly createdAt: number
}

const inserting = (isStaff: boolean) =>
  preparedBatch((orm) => {
    const [id, planId, accountId, createdAt] = [
      sql.placeholder('id'),
      sql.placeholder('planId'),
      sql.placeholder('accountId'),
      sql.placeholder('createdAt'),
    ]
    const visible = and(eq(plans.id, planId), visibleTo({ id: accountId, isStaff }))
    const answers = sql`(SELECT count(*) FROM rsvps WHERE rsvps.plan_id = plans.id)`
    return [
      orm.select({ id: plans.id }).from(plans).where(visible),
      orm
        .select({ id: rsvps.id })
        .from(rsvps)
        .where(and(eq(rsvps.planId, planId), eq(rsvps.accountId, accountId))),
      orm
        .insert(rsvps)
        .select(
          orm
            .select({
              id: sql<string>`${id}`.as('id'),
              planId: plans.id,
              accountId: sql<number>`${accountId}`.as('account_id'),
              createdAt: sql<number>`${createdAt}`.as('created_at'),
            })
            .from(plans)
            .where(and(visible, sql`(plans.capacity IS NULL OR ${answers} < plans.capacity)`)),
        )
        .onConflictDoNothing()
        .returning({ id: rsvps.id }),
    ]
  })
const insertForMember = inserting(false)
const insertForStaff = inserting(true)

/**
 * Answers an invitation if the plan is there, may be seen by who answers, and has room. All of it is decided inside the
 * one INSERT: of two who want the last seat, or of one person's two taps, the later statement inserts nothing. The reads
 * beside it share its transaction, so they name the reason as it was when the insert was refused.
 */
export const insertRsvp = async (
  store: Store,
  rsvp: Rsvp,
  reader: Reader,
): Promise<{ ok: true; rsvp: Rsvp } | { ok: false; because: 'plan-not-found' | 'rsvp-exists' | 'plan-full' }> => {
  const { id, planId, accountId, createdAt } = rsvp
  const insert = reader.isStaff ? insertForStaff : insertForMember
  const [plan = [], mine = [], made = []] = await insert(store, { id, planId, accountId, createdAt })
  if (made.length > 0) return { ok: true, rsvp }
  if (plan.length === 0) return { ok: false, because: 'plan-not-found' }
  return { ok: false, because: mine.length > 0 ? 'rsvp-exists' : 'plan-full' }
}

/** An answer, and who gave it as the contract knows them. */
export interface ListedRsvp {
  readonly id: string
  readonly planId: string
  readonly userId: string
  readonly createdAt: number
}

const page = (orm: Store['orm'], whose: SQL, after: string, limit: number) =>
  orm
    .select({ id: rsvps.id, planId: rsvps.planId, userId: accounts.objectId, createdAt: rsvps.createdAt })
    .from(rsvps)
    .crossJoin(accounts) // in this order: what is walked along is the answers' index
    .where(and(whose, gt(rsvps.id, after), eq(accounts.id, rsvps.accountId)))
    .orderBy(rsvps.id)
    .limit(limit)

/** Null where there is no plan to be seen. */
export const findPlanRsvps = async (
  store: Store,
  planId: string,
  reader: Reader,
  after: string,
  limit: number,
): Promise<ListedRsvp[] | null> => {
  const { orm } = store
  const [plan, found] = await orm.batch([
    orm
      .select({ id: plans.id })
      .from(plans)
      .where(and(eq(plans.id, planId), visibleTo(reader))),
    page(orm, eq(rsvps.planId, planId), after, limit),
  ])
  return plan.length > 0 ? found : null
}

export const findOwnRsvps = (store: Store, accountId: number, after: string, limit: number): Promise<ListedRsvp[]> =>
  page(store.orm, eq(rsvps.accountId, accountId), after, limit)

/**
 * Takes an answer back, for whoever gave it, whoever made the plan, and staff. `not-theirs` where that is somebody else,
 * null where there is none, or none that whoever asks could know of.
 */
export const deleteRsvp = async (store: Store, id: string, reader: Reader): Promise<'deleted' | 'not-theirs' | null> => {
  const { orm } = store
  const theirPlan = sql`EXISTS (SELECT 1 FROM plans WHERE plans.id = rsvps.plan_id AND plans.creator_id = ${reader.id})`
  const [found, deleted] = await orm.batch([
    orm
      .select({ id: rsvps.id })
      .from(rsvps)
      .innerJoin(plans, eq(plans.id, rsvps.planId))
      .where(and(eq(rsvps.id, id), visibleTo(reader))),
    orm
      .delete(rsvps)
      .where(and(eq(rsvps.id, id), reader.isStaff ? undefined : or(eq(rsvps.accountId, reader.id), theirPlan)))
      .returning({ id: rsvps.id }),
  ])
  if (deleted.length > 0) return 'deleted'
  return found.length > 0 ? 'not-theirs' : null
}

export const deleteOwnRsvp = async (store: Store, planId: string, accountId: number): Promise<boolean> => {
  const gone = await store.orm
    .delete(rsvps)
    .where(and(eq(rsvps.planId, planId), eq(rsvps.accountId, accountId)))
    .returning({ id: rsvps.id })
  return gone.length > 0
}
