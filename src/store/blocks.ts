import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { NotificationKind } from '../model/notification.ts'
import type { MemberReport, ReportRule } from '../model/report.ts'
import { literal, type Operand, rowsOf, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { blocks, matches, memberReports } from './tables/matrimony.ts'

/**
 * SQL condition: one of the two people blocks the other. Two key lookups, for every statement that brings two people
 * together. Takes columns or ids.
 */
export const isBlockedPair = (one: Operand, other: Operand): SQL => sql`EXISTS (
  SELECT 1 FROM blocks WHERE blocker_id = ${one} AND blocked_id = ${other}
  UNION ALL SELECT 1 FROM blocks WHERE blocker_id = ${other} AND blocked_id = ${one})`

/** The accounts that block the account or are blocked by it, for a list that excludes them: `id NOT IN (…)`. */
export const blockedIdsOf = (accountId: Operand): SQL => sql`
  SELECT blocked_id FROM blocks WHERE blocker_id = ${accountId}
  UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = ${accountId}`

const NEW_MATCH: NotificationKind = 'match'

/**
 * Deletes what connects people who block each other: their friend record, their matches, the RSVPs of each to the other's plans,
 * the other's cancelled plans in each calendar, and the notifications that name the other. None of this is created again
 * while the block exists: the statements that create it check for one. `pairs`: in both orders.
 */
export const disconnect = (orm: Store['orm'], pairs: SQL) => {
  const people = sql`(SELECT column1 FROM ${pairs})`
  const creatorIn = (table: SQL) => sql`(SELECT creator_id FROM ${table} AS plan WHERE plan.id = plan_id)`
  const subject = sql`(SELECT subject_id FROM announcements WHERE announcements.id = announcement_id)`
  return [
    rowsOf(orm, sql`DELETE FROM friend_records WHERE low_id IN ${people} AND (low_id, high_id) IN ${pairs}`),
    rowsOf(orm, sql`DELETE FROM ${matches} WHERE user1_id IN ${people} AND (user1_id, user2_id) IN ${pairs}`),
    rowsOf(orm, sql`DELETE FROM rsvps WHERE account_id IN ${people} AND (account_id, ${creatorIn(sql`plans`)}) IN ${pairs}`),
    rowsOf(
      orm,
      sql`DELETE FROM cancelled_plan_people WHERE account_id IN ${people} AND (account_id, ${creatorIn(sql`cancelled_plans`)}) IN ${pairs}`,
    ),
    rowsOf(
      orm,
      sql`DELETE FROM notifications WHERE receiver_id IN ${people} AND kind = ${literal(NEW_MATCH)} AND (receiver_id, ${subject}) IN ${pairs}`,
    ),
  ] as const
}

/** Adds a block, and deletes what connects the two. Idempotent. False if the other account does not exist. */
export const insertBlock = async (store: Store, blockerId: number, blockedId: number, now: number): Promise<boolean> => {
  const { orm } = store
  const [blocked] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, blockedId)),
    rowsOf(
      orm,
      sql`INSERT INTO blocks (blocker_id, blocked_id, created_at) SELECT ${blockerId}, id, ${now} FROM accounts WHERE id = ${blockedId}
      ON CONFLICT DO NOTHING`,
    ),
    ...disconnect(orm, sql`(VALUES (${blockerId}, ${blockedId}), (${blockedId}, ${blockerId}))`),
  ])
  return blocked.length > 0
}

/** Deletes a block. Only the account that made it can do so. */
export const deleteBlock = async (store: Store, blockerId: number, blockedId: number): Promise<boolean> => {
  const deleted = await store.orm
    .delete(blocks)
    .where(and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId)))
    .returning({ id: blocks.blockedId })
  return deleted.length > 0
}

interface Report {
  readonly reporterId: number
  readonly reportedId: number
  readonly reason: string
  readonly now: number
}

/** Stores a report for the staff. The INSERT itself counts, so concurrent reports cannot exceed the limit. */
export const insertReport = async (
  store: Store,
  { reporterId, reportedId, reason, now }: Report,
  { status, limit }: ReportRule,
): Promise<'created' | 'not-found' | 'too-many'> => {
  const { orm } = store
  const [reported, created] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, reportedId)),
    orm
      .insert(memberReports)
      .select(
        sql`SELECT NULL, ${reporterId}, id, ${reason}, ${literal(status)}, ${now} FROM accounts WHERE id = ${reportedId} AND ${limit.max} > (
          SELECT count(*) FROM member_reports WHERE reporter_id = ${reporterId} AND created_at > ${now - limit.withinMs})`,
      )
      .returning({ id: memberReports.id }),
  ])
  if (created.length > 0) return 'created'
  return reported.length === 0 ? 'not-found' : 'too-many'
}
/** Newest first; `before` is the id of the last report of the previous page. */
export const findReports = (store: Store, before: number | null, limit: number): Promise<MemberReport[]> => {
  const name = (id: SQL) => sql<string>`(SELECT username FROM accounts WHERE accounts.id = ${id})`
  return store.orm
    .select({
      id: memberReports.id,
      reporterId: memberReports.reporterId,
      reporter: name(sql`member_reports.reporter_id`),
      reportedId: memberReports.reportedId,
      reported: name(sql`member_reports.reported_id`),
      reason: memberReports.reason,
      createdAt: memberReports.createdAt,
    })
    .from(memberReports)
    .where(before === null ? undefined : sql`member_reports.id < ${before}`)
    .orderBy(sql`member_reports.id DESC`)
    .limit(limit)
}
