import { and, eq, type SQL, sql } from 'drizzle-orm'
import { isBlockedPair } from './blocks.ts'
import { areFriends, friendIdsOf } from './friends.ts'
import { type PlanLocation, plans, rsvps } from './schema.ts'
import { type Operand, prepared, type Store } from './store.ts'
import { cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'

export type { PlanLocation }

export type Visibility = (typeof plans.$inferSelect)['visibility']

/** What its creator errorResponse of a plan. */
export interface PlanEntry {
  readonly title: string
  readonly description: string
  readonly location: PlanLocation
  readonly startTime: number | null
  readonly endTime: number
  readonly visibility: Visibility
  readonly capacity: number | null
}

export interface Plan extends Pick<PlanEntry, 'title' | 'description' | 'location' | 'startTime' | 'endTime'> {
  readonly id: string
  readonly creatorId: number
  /** The creator as the contract knows them. */
  readonly createdBy: string
  readonly sequence: number
  readonly createdAt: number
  readonly updatedAt: number
}

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

/** Whoever asks for a plan. Staff see every one that they have the id of. */
export interface Reader {
  readonly id: number
  readonly isStaff: boolean
}

interface AnyReader {
  readonly id: Operand
  readonly isStaff: boolean
}

/** Which plans somebody may see: the one place that errorResponse so of a single plan. The list below errorResponse the same as ranges. */
export const visibleTo = ({ id, isStaff }: AnyReader): SQL | undefined =>
  isStaff
    ? undefined
    : sql`((plans.visibility = 'public' OR plans.creator_id = ${id}
        OR (plans.visibility = 'friends' AND ${areFriends(sql`plans.creator_id`, id)}))
        AND NOT ${isBlockedPair(sql`plans.creator_id`, id)})`

export const insertPlan = async (
  store: Store,
  plan: PlanEntry & { readonly id: string; readonly creatorId: number; readonly createdAt: number },
): Promise<Plan> => {
  const [made] = await store.orm
    .insert(plans)
    .values({ ...plan, updatedAt: plan.createdAt })
    .returning(planColumns)
  if (!made) throw new Error('an insert without a condition returned no row')
  return made
}

export const findPlan = async (store: Store, id: string, reader: Reader): Promise<Plan | null> => {
  const [row] = await store.orm
    .select(planColumns)
    .from(plans)
    .where(and(eq(plans.id, id), visibleTo(reader)))
  return row ?? null
}

/** Where a page of plans begins: after this one. */
export interface PlanCursor {
  readonly start: number
  readonly id: string
}

export interface PlanRange {
  readonly accountId: number
  /** Only plans of friends, and one's own. */
  readonly friendsOnly: boolean
  /** By age; or by when they begin, from the place on and up to a time. */
  readonly after: PlanCursor
  readonly until: number | null
  readonly limit: number
}

/**
 * A page of the plans that somebody may see, `byStart` or by age.
 *
 * They lie in streams: everybody's public plans are one, and so are one person's plans of one visibility. Each is in
 * order along an index. The recursive query below is a merge of them: its queue holds the next plan of every stream,
 * `ORDER BY` takes the first out, and the step puts that stream's next one in. So a page costs a few look-ups a plan
 * shown and one or two a friend, and no plan is read that may not be seen, however many there are. (A `+` before a column
 * takes its type away, without which SQLite compares only the first of two columns by the index.)
 */
const pageOf = (orm: Store['orm'], { friendsOnly, byStart }: { friendsOnly: boolean; byStart: boolean }) => {
  const accountId = sql.placeholder('accountId')
  const later = (start: SQL, id: SQL): SQL =>
    byStart
      ? sql`(start_time, id) > (${start}, ${id}) AND start_time <= ${sql.placeholder('until')} ORDER BY start_time, id`
      : sql`id > ${id} ORDER BY id`
  const next = (stream: SQL, start: SQL, id: SQL): SQL => {
    const inStream = sql`SELECT id FROM plans WHERE creator_id = ${stream}.creator_id AND visibility = ${stream}.visibility AND ${later(start, id)} LIMIT 1`
    if (friendsOnly) return sql`(${inStream})`
    // Friends who part by a block are friends no more, so only here can there be somebody to leave out.
    const inPublic = sql`SELECT id FROM plans WHERE visibility = 'public' AND NOT ${isBlockedPair(sql`plans.creator_id`, accountId)}
      AND ${later(start, id)} LIMIT 1`
    return sql`CASE WHEN ${stream}.creator_id IS NULL THEN (${inPublic}) ELSE (${inStream}) END`
  }
  const streams = friendsOnly
    ? sql`SELECT ${accountId} AS creator_id, column1 AS visibility FROM (VALUES ('public'), ('friends'), ('private'))
        UNION ALL SELECT creator_id, column1 FROM (${friendIdsOf(accountId)}) CROSS JOIN (VALUES ('public'), ('friends'))`
    : sql`SELECT NULL AS creator_id, 'public' AS visibility
        UNION ALL SELECT ${accountId}, column1 FROM (VALUES ('friends'), ('private'))
        UNION ALL SELECT creator_id, 'friends' FROM (${friendIdsOf(accountId)})`
  const merged = sql`(
    WITH RECURSIVE streams AS (${streams}),
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
  // CROSS JOIN keeps the order of what stands before it.
  return orm.select(planColumns).from(merged).crossJoin(plans).where(sql`${plans.id} = merged.id`).prepare()
}

const pages = (friendsOnly: boolean) => ({
  byAge: prepared((orm) => pageOf(orm, { friendsOnly, byStart: false })),
  byStart: prepared((orm) => pageOf(orm, { friendsOnly, byStart: true })),
})
const friendsPages = pages(true)
const everybodysPages = pages(false)

export const findPlans = (store: Store, { accountId, friendsOnly, after, until, limit }: PlanRange): Promise<Plan[]> => {
  const { byAge, byStart } = friendsOnly ? friendsPages : everybodysPages
  return (until === null ? byAge : byStart)(store).all({ accountId, ...after, until, limit })
}

export type PlanChanges = { readonly [K in keyof PlanEntry]?: PlanEntry[K] | undefined }

/** A plan as it was when a change to it was refused, or allowed: the reason is found in it. */
export interface PlanState {
  readonly creatorId: number
  readonly startTime: number | null
  readonly endTime: number
  readonly answers: number
}

const taken = sql`(SELECT count(*) FROM rsvps WHERE rsvps.plan_id = plans.id)`

const stateOf = (orm: Store['orm'], id: string, reader: Reader) =>
  orm
    .select({
      creatorId: plans.creatorId,
      startTime: plans.startTime,
      endTime: plans.endTime,
      answers: sql<number>`${taken}`.as('answers'),
    })
    .from(plans)
    .where(and(eq(plans.id, id), visibleTo(reader)))

const managedBy = (reader: Reader): SQL | undefined => (reader.isStaff ? undefined : eq(plans.creatorId, reader.id))

/**
 * Changes a plan, if whoever asks may, it still ends after it starts, and it keeps a seat for everybody who has one. All
 * of it is decided inside the UPDATE, on the row as it then is: of two edits that only together make a plan end before it
 * starts, the later one changes nothing.
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
  const seats = typeof changes.capacity === 'number' ? sql`${taken} <= ${changes.capacity}` : undefined
  const [[before], [plan]] = await orm.batch([
    stateOf(orm, id, reader),
    orm
      .update(plans)
      .set({ ...changes, sequence: sql`${plans.sequence} + 1`, updatedAt: now })
      .where(and(eq(plans.id, id), managedBy(reader), sql`(${start} IS NULL OR ${start} < ${end})`, seats))
      .returning(planColumns),
  ])
  return { plan: plan ?? null, before: before ?? null }
}

/**
 * Deletes a plan with its answers, if whoever asks may. In the same batch those who made or answered it are written down,
 * so that their calendars can say that it was cancelled; an answer that comes later finds no plan to answer.
 */
export const deletePlan = async (
  store: Store,
  id: string,
  reader: Reader,
  now: number,
): Promise<{ readonly deleted: boolean; readonly before: PlanState | null }> => {
  const { orm } = store
  const theirs = and(eq(plans.id, id), managedBy(reader))
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
        })
        .from(plans)
        .where(theirs),
    ),
    orm.insert(cancelledPlanPeople).select(orm.select({ accountId: plans.creatorId, planId: plans.id }).from(plans).where(theirs)),
    orm
      .insert(cancelledPlanPeople)
      .select(
        orm
          .select({ accountId: rsvps.accountId, planId: rsvps.planId })
          .from(rsvps)
          .innerJoin(plans, eq(plans.id, rsvps.planId))
          .where(and(eq(rsvps.planId, id), theirs)),
      )
      .onConflictDoNothing(), // the creator may come, too
    orm.delete(plans).where(theirs).returning({ id: plans.id }),
  ])
  return { deleted: deleted.length > 0, before: before ?? null }
}
