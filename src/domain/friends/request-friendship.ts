import { FRIEND_REQUEST_RULE, FRIENDS } from '../../model/friend.ts'
import { fail, type Result } from '../../model/result.ts'
import { secondsUntil } from '../../model/time.ts'
import { insertFriendRequest } from '../../store/friends.ts'
import type { MemberContext } from '../access.ts'
import { newObjectId } from '../object-id.ts'

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
  const { id: senderId, objectId } = context.actor.account
  if (userId === objectId) return fail('request-to-self')
  const now = context.now()
  const request = { id: newObjectId(now), senderId, receiver: userId, now }
  const outcome = await insertFriendRequest(context.store, request, FRIEND_REQUEST_RULE)
  if (!outcome.ok) {
    if (outcome.code !== 'too-many') return fail(outcome.code)
    return fail('throttled', { seconds: secondsUntil(outcome.countedSince + FRIEND_REQUEST_RULE.limit.withinMs, now) })
  }
  const { record } = outcome
  const [sender, receiver] = record.senderId === senderId ? [objectId, userId] : [userId, objectId]
  return { id: record.id, sender, receiver, status: record.status === FRIENDS ? 'accepted' : 'pending' }
}
