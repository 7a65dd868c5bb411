import { FRIEND_REQUEST_RULE, FRIENDS, type FriendAnswer, type Friendship, LISTED_FRIEND_STATUSES } from '../model/friend.ts'
import { type Page, pageOf } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import { secondsUntil } from '../model/time.ts'
import { answerFriendRequest, deleteFriendship, findFriendships, insertFriendRequest } from '../store/friends.ts'
import type { MemberContext } from './access.ts'
import { newObjectId } from './object-id.ts'

interface FriendRequest {
  readonly id: string
  /** Object ids: the ids that the contract uses for accounts. */
  readonly sender: string
  readonly receiver: string
  readonly status: 'pending' | 'accepted'
}

/** Sends a friend request. If the other account has already sent one to the caller, that one is accepted instead. */
export const requestFriendship = async (
  context: MemberContext,
  userId: string,
): Promise<Result<FriendRequest, 'no-such-user' | 'request-to-self' | 'already-friends' | 'request-exists' | 'throttled'>> => {
  const { id: senderId } = context.actor.account
  const now = context.now()
  const request = { id: newObjectId(now), senderId, receiver: userId, now }
  const outcome = await insertFriendRequest(context.store, request, FRIEND_REQUEST_RULE)
  if (!outcome.ok) {
    if (outcome.code !== 'too-many') return fail(outcome.code)
    return fail('throttled', { seconds: secondsUntil(outcome.countedSince + FRIEND_REQUEST_RULE.limit.withinMs, now) })
  }
  const { record } = outcome
  context.gates.concern(record.senderId === senderId ? record.receiverId : record.senderId)
  const { objectId } = await context.actor.load()
  const [sender, receiver] = record.senderId === senderId ? [objectId, userId] : [userId, objectId]
  return { id: record.id, sender, receiver, status: record.status === FRIENDS ? 'accepted' : 'pending' }
}

/** The receiver accepts or rejects a friend request. */
export const answerRequest = async (
  context: MemberContext,
  { id, status }: { id: string; status: FriendAnswer },
): Promise<Result<{ id: string; status: FriendAnswer }, 'request-not-found' | 'not-your-request'>> => {
  const outcome = await answerFriendRequest(context.store, { id, status, receiverId: context.actor.account.id, now: context.now() })
  if (outcome === null || outcome === 'not-theirs') return fail(outcome === null ? 'request-not-found' : 'not-your-request')
  context.gates.concern(outcome.senderId)
  return { id, status }
}

/** Lists the caller's friends and open requests, oldest record first. Rejected requests and closed accounts are left out. */
export const listFriends = async (
  context: MemberContext,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<Friendship, string>> => {
  const range = { after: after ?? '', limit: limit + 1 }
  const rows = await findFriendships(context.store, context.actor.account.id, range, LISTED_FRIEND_STATUSES)
  return pageOf(rows, limit, ({ id }) => id)
}

/** Ends a friendship or withdraws a request. `id` is the id of the record or of the other account. */
export const removeFriend = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'friendship-not-found' | 'not-your-request'>> => {
  const outcome = await deleteFriendship(context.store, context.actor.account.id, id)
  if (outcome === null || outcome === 'not-theirs') return fail(outcome === null ? 'friendship-not-found' : 'not-your-request')
  context.gates.concern(outcome.senderId)
  context.gates.concern(outcome.receiverId)
  return null
}
