import { and, eq, gt, or, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../model/account.ts'
import type { Rsvp, RsvpView } from '../model/rsvp.ts'
import { isBlockedPair } from './blocks.ts'
import { hasFreePlace, visibleTo } from './plans.ts'
import { preparedBatch, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { plans, rsvps } from './tables/plans.ts'

/** Who an RSVP concerns: its account, and the creator of its plan. */
interface RsvpPeople {
  readonly accountId: number
  readonly creatorId: number
}

const creatorId = sql<number>`(SELECT creator_id FROM plans WHERE plans.id = plan_id)`.as('creator_id')
const people = { accountId: rsvps.accountId, creatorId }

const prepareInsert = (isStaff: boolean) =>
  preparedBatch((orm) => {
    const [id, planId, accountId, createdAt] = [
      sql.placeholder('id'),
      sql.placeholder('planId'),
      sql.placeholder('accountId'),
      sql.placeholder('createdAt'),
    ]
    const visible = and(eq(plans.id, planId), visibleTo({ id: accountId, isStaff }))
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
            .where(and(visible, hasFreePlace)),
        )
        .onConflictDoNothing()
        .returning({ creatorId }),
    ]
  })
const insertForMember = prepareInsert(false)
const insertForStaff = prepareInsert(true)

/**
 * Adds an RSVP if the plan exists, the account may see it, and it has capacity left. The INSERT itself checks all of this:
 * of two people who compete for the last free place, or of one person's double click, the later statement inserts nothing.
 * The reads run in the same transaction, so they give the reason as it was when the INSERT ran.
 */
export const insertRsvp = async (
  store: Store,
  rsvp: Rsvp,
  reader: Reader,
): Promise<{ ok: true; rsvp: Rsvp; creatorId: number } | { ok: false; code: 'plan-not-found' | 'rsvp-exists' | 'plan-full' }> => {
  const { id, planId, accountId, createdAt } = rsvp
  const insert = reader.isStaff ? insertForStaff : insertForMember
  const [plan = [], existing = [], created = []] = await insert(store, { id, planId, accountId, createdAt })
  if (created[0]) return { ok: true, rsvp, creatorId: Number(created[0].creator_id) }
  if (plan.length === 0) return { ok: false, code: 'plan-not-found' }
  return { ok: false, code: existing.length > 0 ? 'rsvp-exists' : 'plan-full' }
}
const page = (orm: Store['orm'], condition: SQL | undefined, after: string, limit: number) =>
  orm
    .select({ id: rsvps.id, planId: rsvps.planId, userId: accounts.objectId, createdAt: rsvps.createdAt })
    .from(rsvps)
    .crossJoin(accounts) // keeps this join order: the index of rsvps gives the order of the rows
    .where(and(condition, gt(rsvps.id, after), eq(accounts.id, rsvps.accountId)))
    .orderBy(rsvps.id)
    .limit(limit)

/** SQL condition: no block separates the reader and the account of the RSVP. Staff manage all RSVPs. */
const isOfVisibleAccount = ({ id, isStaff }: Reader): SQL | undefined =>
  isStaff ? undefined : sql`NOT ${isBlockedPair(sql`rsvps.account_id`, id)}`

const isActive = sql`${accounts.isActive} = 1`

/** The RSVPs of active accounts to a plan, without those that the reader may not see. Null if there is no plan that the reader may see. */
export const findPlanRsvps = async (
  store: Store,
  planId: string,
  reader: Reader,
  after: string,
  limit: number,
): Promise<RsvpView[] | null> => {
  const { orm } = store
  const [plan, items] = await orm.batch([
    orm
      .select({ id: plans.id })
      .from(plans)
      .where(and(eq(plans.id, planId), visibleTo(reader))),
    page(orm, and(eq(rsvps.planId, planId), isActive, isOfVisibleAccount(reader)), after, limit),
  ])
  return plan.length > 0 ? items : null
}

export const findOwnRsvps = (store: Store, accountId: number, after: string, limit: number): Promise<RsvpView[]> =>
  page(store.orm, eq(rsvps.accountId, accountId), after, limit)

/**
 * Deletes an RSVP. Its account, the plan's creator and staff may do so; for all others the result is `not-theirs`. Null if
 * there is no such RSVP, or if the reader may not see it.
 */
export const deleteRsvp = async (store: Store, id: string, reader: Reader): Promise<RsvpPeople | 'not-theirs' | null> => {
  const { orm } = store
  const isPlanCreator = sql`EXISTS (SELECT 1 FROM plans WHERE plans.id = rsvps.plan_id AND plans.creator_id = ${reader.id})`
  const [existing, deleted] = await orm.batch([
    orm
      .select({ id: rsvps.id })
      .from(rsvps)
      .innerJoin(plans, eq(plans.id, rsvps.planId))
      .innerJoin(accounts, eq(accounts.id, rsvps.accountId))
      .where(and(eq(rsvps.id, id), visibleTo(reader), isActive, isOfVisibleAccount(reader))),
    orm
      .delete(rsvps)
      .where(and(eq(rsvps.id, id), reader.isStaff ? undefined : or(eq(rsvps.accountId, reader.id), isPlanCreator)))
      .returning(people),
  ])
  return deleted[0] ?? (existing.length > 0 ? 'not-theirs' : null)
}

/** Null if there is none. */
export const deleteOwnRsvp = async (store: Store, planId: string, accountId: number): Promise<RsvpPeople | null> => {
  const [deleted] = await store.orm
    .delete(rsvps)
    .where(and(eq(rsvps.planId, planId), eq(rsvps.accountId, accountId)))
    .returning(people)
  return deleted ?? null
}
