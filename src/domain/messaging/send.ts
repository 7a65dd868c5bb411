import { insertMessage } from '../../store/direct-messages.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { dayOf } from '../sessions/credentials.ts'
import type { MessagingFailures } from './failures.ts'

/** Writes to somebody, as often as the caller's plan allows. */
export const sendMessage = async (
  context: MemberContext,
  { receiverId, content }: { receiverId: number; content: string },
): Promise<null | Failure<keyof MessagingFailures | 'throttled'>> => {
  const now = context.now()
  const problem = await insertMessage(context.store, { senderId: context.actor.account.id, receiverId, content, today: dayOf(now), now })
  if (!problem) return null
  if (problem.because === 'message-limit') return fail('message-limit', { limit: problem.limit })
  if (problem.because === 'no-such-receiver') return fail('no-such-receiver', { receiverId })
  return problem.because === 'too-fast' ? fail('throttled', { seconds: 60 }) : fail(problem.because)
}
