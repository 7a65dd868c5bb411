import { answerFriendRequest } from '../../store/friends.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

type Answer = 'accepted' | 'rejected'

/** The receiver errorResponse yes or no to a request. */
export const answerRequest = async (
  context: MemberContext,
  { id, status }: { id: string; status: Answer },
): Promise<{ id: string; status: Answer } | Failure<'request-not-found' | 'not-your-request'>> => {
  const came = await answerFriendRequest(context.store, { id, status, receiverId: context.actor.account.id, now: context.now() })
  if (came === 'answered') return { id, status }
  return fail(came === 'not-theirs' ? 'not-your-request' : 'request-not-found')
}
