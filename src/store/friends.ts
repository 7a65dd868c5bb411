import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import { isBlockedPair } from './blocks.ts'
import { accounts } from './schema.ts'
import { type Operand, prepared, type Store } from './store.ts'
import { friendRecords, friendRequestCounts } from './tables/friends.ts'

export type FriendStatus = (typeof friendRecords.$inferSelect)['status']

/** The one record of two people, whichever of them asked: as the unique key has it. */
const ofPair = (one: Operand, other: Operand): SQL =>
  sql`friend_records.low_id = min(${one}, ${other}) AND friend_records.high_id = max(${one}, ${other})`

export const areFriends = (one: Operand, other: Operand): SQL =>
  sql`EXISTS (SELECT 1 FROM friend_records WHERE ${ofPair(one, other)} AND status = 'accepted')`

/** The ids of somebody's friends, under the name `creator_id`: those whose plans they may see. */
export const friendIdsOf = (accountId: Operand): SQL =>
  sql`SELECT receiver_id AS creator_id FROM friend_records WHERE sender_id = ${accountId} AND status = 'accepted'
    UNION ALL SELECT sender_id FROM friend_records WHERE receiver_id = ${accountId} AND status = 'accepted'`

interface NewFriendRequest {
  readonly id: string
  readonly senderId: number
  /** The other one, as the contract knows them. */
  readonly receiver: string
  readonly now: number
  /** How many requests somebody may send from `since` on. */
  readonly most: number
  readonly since: number
}

interface FriendRecord {
  readonly id: string
  readonly senderId: number
  readonly status: FriendStatus
}

/** What asking came to: the record, or why there is none. */
type Asked =
  | { readonly ok: true; readonly record: FriendRecord }
  | { readonly ok: false; readonly because: 'too-many'; readonly countedSince: number }
  | { readonly ok: false; readonly because: 'no-such-user' | 'already-friends' | 'request-exists' }

/**
 * Asks somebody to be friends. The pair has one record under one unique key, so of two who ask each other at once the
 * first inserts it and the second finds it there: the same statement then turns the other's request into the friendship.
 * One that was rejected becomes a new request of whoever asks now. Where neither is so, nothing is written, and the
 * record as it was before errorResponse why.
 *
 * Who may not be asked is decided in `receiver` below, and is nobody to the one who asks.
 */
export const askFriend = async (store: Store, { id, senderId, receiver, now, most, since }: NewFriendRequest): Promise<Asked> => {
  const { orm } = store
  // Whoever is kept away hears what everybody hears of somebody who is not there.
  const mayBeAsked = and(
    eq(accounts.objectId, receiver),
    sql`accounts.is_active = 1`,
    sql`NOT ${isBlockedPair(sql`accounts.id`, senderId)}`,
  )
  const [found, before, [counted], [record]] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(mayBeAsked),
    orm
      .select({ status: friendRecords.status })
      .from(friendRecords)
      .where(ofPair(senderId, sql`(SELECT id FROM accounts WHERE object_id = ${receiver})`)),
    orm
      .insert(friendRequestCounts)
      .values({ accountId: senderId, since: now, requests: 1 })
      .onConflictDoUpdate({
        target: friendRequestCounts.accountId,
        set: {
          requests: sql`CASE WHEN ${friendRequestCounts.since} < ${since} THEN 1 ELSE ${friendRequestCounts.requests} + 1 END`,
          since: sql`CASE WHEN ${friendRequestCounts.since} < ${since} THEN ${now} ELSE ${friendRequestCounts.since} END`,
        },
      })
      .returning(),
    orm
      .insert(friendRecords)
      .select(
        sql`SELECT ${id}, ${senderId}, id, 'pending', ${now}, ${now} FROM accounts WHERE ${mayBeAsked} AND id <> ${senderId}
          AND (SELECT requests FROM friend_request_counts WHERE account_id = ${senderId}) <= ${most}`,
      )
      .onConflictDoUpdate({
        target: [friendRecords.lowId, friendRecords.highId],
        set: {
          status: sql`CASE WHEN friend_records.status = 'pending' THEN 'accepted' ELSE 'pending' END`,
          senderId: sql`CASE WHEN friend_records.status = 'pending' THEN friend_records.sender_id ELSE excluded.sender_id END`,
          receiverId: sql`CASE WHEN friend_records.status = 'pending' THEN friend_records.receiver_id ELSE excluded.receiver_id END`,
          updatedAt: now,
        },
        setWhere: sql`friend_records.status = 'rejected'
          OR (friend_records.status = 'pending' AND friend_records.receiver_id = excluded.sender_id)`,
      })
      .returning({ id: friendRecords.id, senderId: friendRecords.senderId, status: friendRecords.status }),
  ])
  if (record) return { ok: true, record }
  if (counted && counted.requests > most) return { ok: false, because: 'too-many', countedSince: counted.since }
  if (found.length === 0) return { ok: false, because: 'no-such-user' }
  return { ok: false, because: before[0]?.status === 'accepted' ? 'already-friends' : 'request-exists' }
}

/**
 * The receiver's answer, which is theirs to change later on. `not-theirs` where somebody else received the request, null
 * where there is none.
 */
export const answerFriendRequest = async (
  store: Store,
  { id, receiverId, status, now }: { id: string; receiverId: number; status: 'accepted' | 'rejected'; now: number },
): Promise<'answered' | 'not-theirs' | null> => {
  const { orm } = store
  const there = and(eq(friendRecords.id, id), sql`NOT ${isBlockedPair(sql`friend_records.sender_id`, sql`friend_records.receiver_id`)}`)
  const [found, answered] = await orm.batch([
    orm.select({ id: friendRecords.id }).from(friendRecords).where(there),
    orm
      .update(friendRecords)
      .set({ status, updatedAt: now })
      .where(and(there, eq(friendRecords.receiverId, receiverId)))
      .returning({ id: friendRecords.id }),
  ])
  if (answered.length > 0) return 'answered'
  return found.length > 0 ? 'not-theirs' : null
}

/** A record as one of the two sees it: the other one, and who asked. */
export interface Friendship {
  readonly id: string
  readonly objectId: string
  readonly username: string
  readonly status: FriendStatus
  readonly sent: boolean
}

/** Four walks along an index, merged as they go. */
const friendships = prepared((orm) => {
  const walk = (status: 'pending' | 'accepted', sent: boolean) => {
    const [mine, theirs] = sent ? [friendRecords.senderId, friendRecords.receiverId] : [friendRecords.receiverId, friendRecords.senderId]
    return orm
      .select({
        id: friendRecords.id,
        objectId: accounts.objectId,
        username: accounts.username,
        status: friendRecords.status,
        sent: sql<boolean>`${sent ? 1 : 0}`.mapWith(Boolean).as('sent'),
      })
      .from(friendRecords)
      .crossJoin(accounts) // in this order: what is walked along is the record's index
      .where(
        and(
          eq(mine, sql.placeholder('accountId')),
          eq(friendRecords.status, status),
          gt(friendRecords.id, sql.placeholder('after')),
          eq(accounts.id, theirs),
          sql`${accounts.isActive} = 1`,
        ),
      )
  }
  return unionAll(walk('accepted', true), walk('accepted', false), walk('pending', true), walk('pending', false))
    .orderBy(sql`1`)
    .limit(sql.placeholder('limit'))
    .prepare()
})

/** Somebody's friends and open requests, the oldest record first. */
export const findFriendships = (store: Store, accountId: number, after: string, limit: number): Promise<Friendship[]> =>
  friendships(store).all({ accountId, after, limit })

/**
 * Takes a record away, whoever of the two asks, by its own id or by the other one's. `not-theirs` where the record is
 * between others, null where there is none.
 */
export const deleteFriendship = async (store: Store, accountId: number, id: string): Promise<'deleted' | 'not-theirs' | null> => {
  const { orm } = store
  const withThem = sql`SELECT friend_records.id FROM accounts CROSS JOIN friend_records
    WHERE accounts.object_id = ${id} AND ${ofPair(sql`accounts.id`, accountId)}`
  const [found, deleted] = await orm.batch([
    orm.select({ id: friendRecords.id }).from(friendRecords).where(eq(friendRecords.id, id)),
    orm
      .delete(friendRecords)
      // The `+` keeps SQLite from reading all of somebody's records for the sake of one.
      .where(sql`friend_records.id IN (SELECT ${id} UNION ALL ${withThem}) AND ${accountId} IN (+sender_id, +receiver_id)`)
      .returning({ id: friendRecords.id }),
  ])
  if (deleted.length > 0) return 'deleted'
  return found.length > 0 ? 'not-theirs' : null
}
