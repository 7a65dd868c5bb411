import type { FriendAnswer } from '../../model/friend.ts'
import { fail, type Result } from '../../model/result.ts'
import { answerFriendRequest } from '../../store/friends.ts'
import type { MemberContext } from '../access.ts'

/** The receiver accepts or rejects a friend request. */
export const answerRequest = async (
  context: MemberContext,
  { id, status }: { id: string; status: FriendAnswer },
): Promise<Result<{ id: string; status: FriendAnswer }, 'request-not-found' | 'not-your-request'>> => {
  const outcome = await answerFriendRequest(context.store, { id, status, receiverId: context.actor.account.id, now: context.now() })
  if (outcome === 'answered') return { id, status }
  return fail(outcome === 'not-theirs' ? 'not-your-request' : 'request-not-found')
}
