import { answerFriendRequest } from '../../store/friends.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

type Answer = 'accepted' | 'rejected'

/** The receiver says yes or no to a request. */
export const answerRequest = async (
  ctx: MemberCtx,
  { id, status }: { id: string; status: Answer },
): Promise<{ id: string; status: Answer } | Refusal<'request-not-found' | 'not-your-request'>> => {
  const came = await answerFriendRequest(ctx.store, { id, status, receiverId: ctx.actor.account.id, now: ctx.now() })
  if (came === 'answered') return { id, status }
  return refuse(came === 'not-theirs' ? 'not-your-request' : 'request-not-found')
}
