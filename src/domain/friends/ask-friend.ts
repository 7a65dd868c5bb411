import { askFriend as askStored } from '../../store/friends.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { newObjectId } from '../object-id.ts'

interface AskedFriend {
  readonly id: string
  /** The two as the contract knows them. */
  readonly sender: string
  readonly receiver: string
  readonly status: 'pending' | 'accepted'
}

const HOUR = 60 * 60 * 1000
/** More than anybody means. */
const REQUESTS_AN_HOUR = 1000

/** Asks somebody to be friends; where they have asked already, that makes it so. */
export const askFriend = async (
  context: MemberContext,
  userId: string,
): Promise<AskedFriend | Failure<'no-such-user' | 'request-to-self' | 'already-friends' | 'request-exists' | 'throttled'>> => {
  const { id: senderId, objectId } = context.actor.account
  if (userId === objectId) return fail('request-to-self')
  const now = context.now()
  const request = { id: newObjectId(now), senderId, receiver: userId, now, most: REQUESTS_AN_HOUR, since: now - HOUR }
  const asked = await askStored(context.store, request)
  if (!asked.ok) {
    if (asked.because !== 'too-many') return fail(asked.because)
    return fail('throttled', { seconds: Math.max(1, Math.ceil((asked.countedSince + HOUR - now) / 1000)) })
  }
  const { record } = asked
  const [sender, receiver] = record.senderId === senderId ? [objectId, userId] : [userId, objectId]
  return { id: record.id, sender, receiver, status: record.status === 'accepted' ? 'accepted' : 'pending' }
}
