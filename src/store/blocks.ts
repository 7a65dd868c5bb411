import { and, eq, type SQL, sql } from 'drizzle-orm'
import { accounts } from './schema.ts'
import { type Operand, rowsOf, type Store } from './store.ts'
import { blocks, memberReports } from './tables/matrimony.ts'

/**
 * Holds where one of two people keeps the other away: two key lookups, for any statement that brings two people together.
 * Takes columns or ids.
 */
export const isBlockedPair = (one: Operand, other: Operand): SQL => sql`EXISTS (
  SELECT 1 FROM blocks WHERE blocker_id = ${one} AND blocked_id = ${other}
  UNION ALL SELECT 1 FROM blocks WHERE blocker_id = ${other} AND blocked_id = ${one})`

/** Everybody whom somebody keeps away or is kept away by, for a list that leaves them out: `id NOT IN (…)`. */
export const notBlocked = (accountId: number): SQL => sql`
  SELECT blocked_id FROM blocks WHERE blocker_id = ${accountId}
  UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = ${accountId}`

/** Keeps two people apart, and forgets what brought them together. Doing it again changes nothing; false where there is nobody to block. */
export const insertBlock = async (store: Store, blockerId: number, blockedId: number, now: number): Promise<boolean> => {
  const { orm } = store
  const [there] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, blockedId)),
    rowsOf(
      orm,
      sql`INSERT INTO blocks (blocker_id, blocked_id, created_at) SELECT ${blockerId}, id, ${now} FROM accounts WHERE id = ${blockedId}
      ON CONFLICT DO NOTHING`,
    ),
    rowsOf(
      orm,
      sql`DELETE FROM friend_records WHERE low_id = ${Math.min(blockerId, blockedId)} AND high_id = ${Math.max(blockerId, blockedId)}`,
    ),
    rowsOf(orm, sql`DELETE FROM matches WHERE (user1_id, user2_id) IN (VALUES (${blockerId}, ${blockedId}), (${blockedId}, ${blockerId}))`),
  ])
  return there.length > 0
}

/** Only who made a block takes it back. */
export const deleteBlock = async (store: Store, blockerId: number, blockedId: number): Promise<boolean> => {
  const gone = await store.orm
    .delete(blocks)
    .where(and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId)))
    .returning({ id: blocks.blockedId })
  return gone.length > 0
}

const REPORTS_A_DAY = 100
const DAY_MS = 24 * 60 * 60 * 1000

interface Report {
  readonly reporterId: number
  readonly reportedId: number
  readonly reason: string
  readonly now: number
}

/** Writes a report down for the staff; a person never writes a hundred a day, and what does is turned away. */
export const insertReport = async (
  store: Store,
  { reporterId, reportedId, reason, now }: Report,
): Promise<'made' | 'nobody' | 'too-many'> => {
  const { orm } = store
  const [there, made] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, reportedId)),
    orm
      .insert(memberReports)
      .select(
        sql`SELECT NULL, ${reporterId}, id, ${reason}, 'open', ${now} FROM accounts WHERE id = ${reportedId} AND ${REPORTS_A_DAY} > (
          SELECT count(*) FROM member_reports WHERE reporter_id = ${reporterId} AND created_at > ${now - DAY_MS})`,
      )
      .returning({ id: memberReports.id }),
  ])
  if (made.length > 0) return 'made'
  return there.length === 0 ? 'nobody' : 'too-many'
}

export interface MemberReport {
  readonly id: number
  readonly reporterId: number
  readonly reporter: string
  readonly reportedId: number
  readonly reported: string
  readonly reason: string
  readonly createdAt: number
}

/** The newest first, before a report. */
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
