import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import {
  FRIENDS,
  type FriendAnswer,
  type FriendRequestRule,
  type FriendStatus,
  type Friendship,
  type ListedStatuses,
} from '../model/friend.ts'
import { usernameIn } from './account-row.ts'
import { isBlockedPair } from './blocks.ts'
import { compiledOnce, literal, literals, type Operand, prepared, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { friendRecords, friendRequestCounts } from './tables/friends.ts'

/** The only record of two people, whichever of them sent the request. Uses the unique key. */
const ofPair = (one: Operand, other: Operand): SQL =>
  sql`friend_records.low_id = min(${one}, ${other}) AND friend_records.high_id = max(${one}, ${other})`

export const areFriends = (one: Operand, other: Operand): SQL =>
  sql`EXISTS (SELECT 1 FROM friend_records WHERE ${ofPair(one, other)} AND status = ${literal(FRIENDS)})`

/** The ids of an account's friends with an active account, as the column `creator_id`: the account may see their plans. */
export const friendIdsOf = (accountId: Operand): SQL => {
  const friends = (column: SQL, own: SQL) => sql`SELECT ${column} AS creator_id FROM friend_records CROSS JOIN accounts
    WHERE ${own} = ${accountId} AND status = ${literal(FRIENDS)} AND accounts.id = ${column} AND accounts.is_active = 1`
  return sql`${friends(sql`receiver_id`, sql`sender_id`)} UNION ALL ${friends(sql`sender_id`, sql`receiver_id`)}`
}

interface NewFriendRequest {
  readonly id: string
  readonly senderId: number
  /** The receiver's object id. */
  readonly receiver: string
  readonly now: number
}

interface FriendRecord {
  readonly id: string
  readonly senderId: number
  readonly receiverId: number
  readonly status: FriendStatus
}

/** The record, or why there is none. */
type FriendRequestResult =
  | { readonly ok: true; readonly record: FriendRecord }
  | { readonly ok: false; readonly code: 'too-many'; readonly countedSince: number }
  | { readonly ok: false; readonly code: 'request-to-self' | 'no-such-user' | 'already-friends' | 'request-exists' }

/** The part of the rule about the record that two people already have, as expressions on this record and on the new one. */
const furtherRequest = ({ further }: FriendRequestRule) => {
  const entries = Object.entries(further)
  const kept = entries.flatMap(([status, { roles }]) => (roles === 'stay' ? [status] : []))
  const role = (column: 'sender_id' | 'receiver_id'): SQL => {
    const [recorded, requested] = [sql.raw(`friend_records.${column}`), sql.raw(`excluded.${column}`)]
    return sql`CASE WHEN friend_records.status IN (${literals(kept)}) THEN ${recorded} ELSE ${requested} END`
  }
  const conditions = entries.map(([status, { from }]) =>
    from === 'receiver'
      ? sql`(friend_records.status = ${literal(status)} AND friend_records.receiver_id = excluded.sender_id)`
      : sql`friend_records.status = ${literal(status)}`,
  )
  const cases = entries.map(([status, { to }]) => sql`WHEN ${literal(status)} THEN ${literal(to)}`)
  return {
    status: sql`CASE friend_records.status ${sql.join(cases, sql` `)} END`,
    senderId: role('sender_id'),
    receiverId: role('receiver_id'),
    isAllowed: sql.join(conditions, sql` OR `),
  }
}

/**
 * Sends a friend request. A pair has one record under one unique key. If two people send each other a request at the same
 * time, the first INSERT creates the record, and the second one finds it: the same statement then applies the rule for a
 * further request. If the rule has none, nothing is written, and the record as it was before gives the reason.
 *
 * `mayReceive` decides who can receive a request. To the sender, all others look as if they did not exist.
 */
export const insertFriendRequest = async (
  store: Store,
  { id, senderId, receiver, now }: NewFriendRequest,
  rule: FriendRequestRule,
): Promise<FriendRequestResult> => {
  const { orm } = store
  const { max, withinMs } = rule.limit
  const since = now - withinMs
  const { isAllowed, ...changes } = furtherRequest(rule)
  // A blocked sender gets the same response as for an account that does not exist.
  const mayReceive = and(
    eq(accounts.objectId, receiver),
    sql`accounts.is_active = 1`,
    sql`NOT ${isBlockedPair(sql`accounts.id`, senderId)}`,
  )
  const [receivers, before, [counter], [record]] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(mayReceive),
    orm
      .select({ status: friendRecords.status })
      .from(friendRecords)
      .where(ofPair(senderId, sql`(SELECT id FROM accounts WHERE object_id = ${receiver})`)),
    orm
      .insert(friendRequestCounts)
      .select(sql`SELECT ${senderId}, ${now}, 1 FROM accounts WHERE id = ${senderId} AND object_id <> ${receiver}`)
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
        sql`SELECT ${id}, ${senderId}, id, ${literal(rule.first)}, ${now}, ${now} FROM accounts WHERE ${mayReceive} AND id <> ${senderId}
          AND (SELECT requests FROM friend_request_counts WHERE account_id = ${senderId}) <= ${max}`,
      )
      .onConflictDoUpdate({
        target: [friendRecords.lowId, friendRecords.highId],
        set: { ...changes, updatedAt: now },
        setWhere: isAllowed,
      })
      .returning({
        id: friendRecords.id,
        senderId: friendRecords.senderId,
        receiverId: friendRecords.receiverId,
        status: friendRecords.status,
      }),
  ])
  if (record) return { ok: true, record }
  if (receivers[0]?.id === senderId) return { ok: false, code: 'request-to-self' }
  if (counter && counter.requests > max) return { ok: false, code: 'too-many', countedSince: counter.since }
  if (receivers.length === 0) return { ok: false, code: 'no-such-user' }
  return { ok: false, code: before[0]?.status === FRIENDS ? 'already-friends' : 'request-exists' }
}

/**
 * Accepts or rejects a request. The receiver may change the answer later. Returns who sent it; `not-theirs` if another account
 * received the request, null if there is no such request.
 */
export const answerFriendRequest = async (
  store: Store,
  { id, receiverId, status, now }: { id: string; receiverId: number; status: FriendAnswer; now: number },
): Promise<{ readonly senderId: number } | 'not-theirs' | null> => {
  const { orm } = store
  const isVisible = and(eq(friendRecords.id, id), sql`NOT ${isBlockedPair(sql`friend_records.sender_id`, sql`friend_records.receiver_id`)}`)
  const [existing, answered] = await orm.batch([
    orm.select({ id: friendRecords.id }).from(friendRecords).where(isVisible),
    orm
      .update(friendRecords)
      .set({ status, updatedAt: now })
      .where(and(isVisible, eq(friendRecords.receiverId, receiverId)))
      .returning({ senderId: friendRecords.senderId }),
  ])
  return answered[0] ?? (existing.length > 0 ? 'not-theirs' : null)
}
/** An index range scan for each status and direction, which SQLite merges in order without a sort. */
const prepareFriendships = ([first, ...others]: ListedStatuses) =>
  prepared((orm) => {
    const scan = (status: FriendStatus, sent: boolean) => {
      const [ownId, otherId] = sent
        ? [friendRecords.senderId, friendRecords.receiverId]
        : [friendRecords.receiverId, friendRecords.senderId]
      return orm
        .select({
          id: friendRecords.id,
          objectId: accounts.objectId,
          username: usernameIn('meetups').as('username'),
          status: friendRecords.status,
          sent: sql<boolean>`${sent ? 1 : 0}`.mapWith(Boolean).as('sent'),
        })
        .from(friendRecords)
        .crossJoin(accounts) // keeps this join order: the index of friend_records gives the order of the rows
        .where(
          and(
            eq(ownId, sql.placeholder('accountId')),
            eq(friendRecords.status, status),
            gt(friendRecords.id, sql.placeholder('after')),
            eq(accounts.id, otherId),
            sql`${accounts.isActive} = 1`,
          ),
        )
    }
    return unionAll(scan(first, true), scan(first, false), ...others.flatMap((status) => [scan(status, true), scan(status, false)]))
      .orderBy(sql`1`)
      .limit(sql.placeholder('limit'))
      .prepare()
  })

const friendshipsWith = compiledOnce(prepareFriendships)

/** An account's records with these statuses, oldest record first. */
export const findFriendships = (
  store: Store,
  accountId: number,
  { after, limit }: { after: string; limit: number },
  statuses: ListedStatuses,
): Promise<Friendship[]> => friendshipsWith(statuses)(store).all({ accountId, after, limit })

/**
 * Deletes a record of the account, given the record's id or the other person's object id. Returns the two people; `not-theirs` if
 * the record is between two others, null if there is no such record.
 */
export const deleteFriendship = async (
  store: Store,
  accountId: number,
  id: string,
): Promise<Pick<FriendRecord, 'senderId' | 'receiverId'> | 'not-theirs' | null> => {
  const { orm } = store
  const withOther = sql`SELECT friend_records.id FROM accounts CROSS JOIN friend_records
    WHERE accounts.object_id = ${id} AND ${ofPair(sql`accounts.id`, accountId)}`
  const [existing, deleted] = await orm.batch([
    orm.select({ id: friendRecords.id }).from(friendRecords).where(eq(friendRecords.id, id)),
    orm
      .delete(friendRecords)
      // The `+` disables the indexes on these columns; otherwise SQLite would read all records of the account.
      .where(sql`friend_records.id IN (SELECT ${id} UNION ALL ${withOther}) AND ${accountId} IN (+sender_id, +receiver_id)`)
      .returning({ senderId: friendRecords.senderId, receiverId: friendRecords.receiverId }),
  ])
  return deleted[0] ?? (existing.length > 0 ? 'not-theirs' : null)
}
