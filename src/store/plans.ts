import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../model/account.ts'
import {
  type Plan,
  type PlanChanges,
  type PlanFields,
  type PlanRange,
  type PlanScope,
  VISIBILITIES,
  VISIBLE_TO,
  type Visibility,
} from '../model/plan.ts'
import { isBlockedPair } from './blocks.ts'
import { areFriends, friendIdsOf } from './friends.ts'
import { literal, type Operand, prepared, type Store } from './store.ts'
import { cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'
import { plans, rsvps } from './tables/plans.ts'

export const planColumns = {
  id: plans.id,
  creatorId: plans.creatorId,
  title: plans.title,
  description: plans.description,
  location: plans.location,
  startTime: plans.startTime,
  endTime: plans.endTime,
  sequence: plans.sequence,
  createdAt: plans.createdAt,
  updatedAt: plans.updatedAt,
  createdBy: sql<string>`(SELECT object_id FROM accounts WHERE accounts.id = plans.creator_id)`.as('created_by'),
}

const [EVERYONE, FRIENDS] = [literal(VISIBLE_TO.everyone), literal(VISIBLE_TO.friends)]

interface AnyReader {
  readonly id: Operand
  readonly isStaff: boolean
}

/**
 * SQL condition: the reader may see the plan. The plans of a closed account are visible to staff only. This is the only place
 * that decides it for a single plan; the list below expresses the same rule as index ranges.
 */
export const visibleTo = ({ id, isStaff }: AnyReader): SQL | undefined =>
  isStaff
    ? undefined
    : sql`(plans.is_listed = 1 AND (plans.visibility = ${EVERYONE} OR plans.creator_id = ${id}
        OR (plans.visibility = ${FRIENDS} AND ${areFriends(sql`plans.creator_id`, id)}))
        AND NOT ${isBlockedPair(sql`plans.creator_id`, id)})`

const rsvpCount = sql`(SELECT count(*) FROM rsvps WHERE rsvps.plan_id = plans.id)`

/** SQL condition: one more RSVP fits. A plan without a capacity has no limit. */
export const hasFreePlace = sql`(plans.capacity IS NULL OR ${rsvpCount} < plans.capacity)`

export const insertPlan = async (
  store: Store,
  plan: PlanFields & { readonly id: string; readonly creatorId: number; readonly createdAt: number },
): Promise<Plan> => {
  const [created] = await store.orm
    .insert(plans)
    // An account that is closed at the same time must not leave a listed plan.
    .values({ ...plan, updatedAt: plan.createdAt, isListed: sql`(SELECT is_active FROM accounts WHERE id = ${plan.creatorId})` })
    .returning(planColumns)
  if (!created) throw new Error('an insert without a condition returned no row')
  return created
}

export const findPlan = async (store: Store, id: string, reader: Reader): Promise<Plan | null> => {
  const [row] = await store.orm
    .select(planColumns)
    .from(plans)
    .where(and(eq(plans.id, id), visibleTo(reader)))
  return row ?? null
}
const rowsWith = (visibilities: readonly Visibility[]): SQL =>
  sql`VALUES ${sql.join(
    visibilities.map((visibility) => sql`(${literal(visibility)})`),
    sql`, `,
  )}`

/**
 * A page of the plans that an account may see, ordered by start time (`byStart`) or by age.
 *
 * The plans are split into streams: all public plans are one stream, and the plans of one creator with one visibility are
 * one stream each. An index returns each stream in order. The recursive query is a k-way merge of the streams: its queue
 * holds the next plan of every stream, `ORDER BY` takes out the first one, and the recursive step adds the next plan of
 * that stream. So a page costs a few lookups per returned plan and one or two per friend. It reads no plan that the account
 * may not see, however many there are, except those of accounts that a block separates from it; these are skipped one by one,
 * as are the plans that it dismissed. (A `+` before a column removes its type affinity. Without it, SQLite would use the index
 * for only the first of the two compared columns.)
 */
const pageOf = (orm: Store['orm'], { scope, byStart }: { scope: PlanScope; byStart: boolean }) => {
  const accountId = sql.placeholder('accountId')
  const later = (start: SQL, id: SQL): SQL =>
    byStart
      ? sql`(start_time, id) > (${start}, ${id}) AND start_time <= ${sql.placeholder('until')} ORDER BY start_time, id`
      : sql`id > ${id} ORDER BY id`
  const isWanted = sql`NOT EXISTS (SELECT 1 FROM plan_dismissals WHERE account_id = ${accountId} AND plan_id = plans.id)`
  const next = (stream: SQL, start: SQL, id: SQL): SQL => {
    const inStream = sql`SELECT id FROM plans WHERE creator_id = ${stream}.creator_id AND visibility = ${stream}.visibility AND ${isWanted} AND ${later(start, id)} LIMIT 1`
    if (scope !== 'all') return sql`(${inStream})`
    // A block deletes the friendship, so only the public stream can contain plans of blocked accounts.
    const inPublic = sql`SELECT id FROM plans WHERE visibility = ${EVERYONE} AND is_listed = 1 AND NOT ${isBlockedPair(sql`plans.creator_id`, accountId)}
      AND ${isWanted} AND ${later(start, id)} LIMIT 1`
    return sql`CASE WHEN ${stream}.creator_id IS NULL THEN (${inPublic}) ELSE (${inStream}) END`
  }
  const ownStreams = sql`SELECT ${accountId} AS creator_id, column1 AS visibility FROM (${rowsWith(VISIBILITIES)})`
  const streamsOf = {
    own: ownStreams,
    friends: sql`${ownStreams}
        UNION ALL SELECT creator_id, column1 FROM (${friendIdsOf(accountId)}) CROSS JOIN (${rowsWith([VISIBLE_TO.everyone, VISIBLE_TO.friends])})`,
    all: sql`SELECT NULL AS creator_id, ${EVERYONE} AS visibility
        UNION ALL SELECT ${accountId}, column1 FROM (${rowsWith(VISIBILITIES.filter((visibility) => visibility !== VISIBLE_TO.everyone))})
        UNION ALL SELECT creator_id, ${FRIENDS} FROM (${friendIdsOf(accountId)})`,
  } satisfies Record<PlanScope, SQL>
  const merged = sql`(
    WITH RECURSIVE streams AS (${streamsOf[scope]}),
    merged (id, start_time, creator_id, visibility) AS (
      SELECT head.id, head.start_time, streams.creator_id, streams.visibility
      FROM streams CROSS JOIN plans AS head ON head.id = ${next(sql`streams`, sql`${sql.placeholder('start')}`, sql`${sql.placeholder('id')}`)}
      UNION ALL
      SELECT following.id, following.start_time, merged.creator_id, merged.visibility
      FROM merged CROSS JOIN plans AS following ON following.id = ${next(sql`merged`, sql`+merged.start_time`, sql`+merged.id`)}
      ORDER BY ${byStart ? sql`2, 1` : sql`1`} LIMIT ${sql.placeholder('limit')}
    )
    SELECT id FROM merged
  ) AS merged`
  // CROSS JOIN keeps the order of the subquery before it.
  return orm.select(planColumns).from(merged).crossJoin(plans).where(sql`${plans.id} = merged.id`).prepare()
}

const pages = (scope: PlanScope) => ({
  byAge: prepared((orm) => pageOf(orm, { scope, byStart: false })),
  byStart: prepared((orm) => pageOf(orm, { scope, byStart: true })),
})
const PAGES = { all: pages('all'), friends: pages('friends'), own: pages('own') } satisfies Record<PlanScope, unknown>

export const findPlans = (store: Store, { accountId, scope, after, until, limit }: PlanRange): Promise<Plan[]> => {
  const { byAge, byStart } = PAGES[scope]
  return (until === null ? byAge : byStart)(store).all({ accountId, ...after, until, limit })
}

/** A plan as it was before a change was applied or rejected. The caller finds the reason in it. */
export interface PlanState {
  readonly creatorId: number
  readonly startTime: number | null
  readonly endTime: number
  readonly rsvpCount: number
}

const stateOf = (orm: Store['orm'], id: string, reader: Reader) =>
  orm
    .select({
      creatorId: plans.creatorId,
      startTime: plans.startTime,
      endTime: plans.endTime,
      rsvpCount: sql<number>`${rsvpCount}`.as('answers'),
    })
    .from(plans)
    .where(and(eq(plans.id, id), visibleTo(reader)))

const managedBy = (reader: Reader): SQL | undefined => (reader.isStaff ? undefined : eq(plans.creatorId, reader.id))

/**
 * Changes a plan if the reader may do so, the plan still ends after it starts, and the capacity is not below the number of
 * RSVPs. The UPDATE itself checks all of this, on the current row: of two edits that only together would make the plan end
 * before it starts, the later one changes nothing.
 */
export const updatePlan = async (
  store: Store,
  id: string,
  reader: Reader,
  changes: PlanChanges,
  now: number,
): Promise<{ readonly plan: Plan | null; readonly before: PlanState | null }> => {
  const { orm } = store
  const start = changes.startTime === undefined ? plans.startTime : sql`${changes.startTime}`
  const end = changes.endTime === undefined ? plans.endTime : sql`${changes.endTime}`
  const hasCapacity = typeof changes.capacity === 'number' ? sql`${rsvpCount} <= ${changes.capacity}` : undefined
  const [[before], [plan]] = await orm.batch([
    stateOf(orm, id, reader),
    orm
      .update(plans)
      .set({ ...changes, sequence: sql`${plans.sequence} + 1`, updatedAt: now })
      .where(and(eq(plans.id, id), managedBy(reader), sql`(${start} IS NULL OR ${start} < ${end})`, hasCapacity))
      .returning(planColumns),
  ])
  return { plan: plan ?? null, before: before ?? null }
}

/**
 * Deletes a plan with its RSVPs, if the reader may do so. The same batch records the creator and everyone with an RSVP, so
 * that their calendars can show that the plan was cancelled. An RSVP that comes later finds no plan.
 */
export const deletePlan = async (
  store: Store,
  id: string,
  reader: Reader,
  now: number,
): Promise<{ readonly deleted: boolean; readonly before: PlanState | null }> => {
  const { orm } = store
  const isManaged = and(eq(plans.id, id), managedBy(reader))
  const [[before], , , , deleted] = await orm.batch([
    stateOf(orm, id, reader),
    orm.insert(cancelledPlans).select(
      orm
        .select({
          id: plans.id,
          title: plans.title,
          startTime: plans.startTime,
          endTime: plans.endTime,
          sequence: sql<number>`${plans.sequence} + 1`.as('sequence'),
          createdAt: plans.createdAt,
          cancelledAt: sql<number>`${now}`.as('cancelled_at'),
          creatorId: plans.creatorId,
        })
        .from(plans)
        .where(isManaged),
    ),
    orm.insert(cancelledPlanPeople).select(orm.select({ accountId: plans.creatorId, planId: plans.id }).from(plans).where(isManaged)),
    orm
      .insert(cancelledPlanPeople)
      .select(
        orm
          .select({ accountId: rsvps.accountId, planId: rsvps.planId })
          .from(rsvps)
          .innerJoin(plans, eq(plans.id, rsvps.planId))
          .where(and(eq(rsvps.planId, id), isManaged)),
      )
      .onConflictDoNothing(), // the creator may have an RSVP, too
    orm.delete(plans).where(isManaged).returning({ id: plans.id }),
  ])
  return { deleted: deleted.length > 0, before: before ?? null }
}
