import { MESSAGE_RULE } from '../../model/message.ts'
import { fail, type Result } from '../../model/result.ts'
import { isoDay, SECOND } from '../../model/time.ts'
import { insertMessage } from '../../store/direct-messages.ts'
import type { MemberContext } from '../access.ts'

/** Sends a message to another member, within the limits of the caller's subscription plan. */
export const sendMessage = async (
  context: MemberContext,
  { receiverId, content }: { receiverId: number; content: string },
): Promise<
  Result<null, 'no-subscription' | 'message-limit' | 'no-such-receiver' | 'message-to-self' | 'messaging-blocked' | 'throttled'>
> => {
  const now = context.now()
  const message = { senderId: context.actor.account.id, receiverId, content, today: isoDay(now), now }
  const problem = await insertMessage(context.store, message, MESSAGE_RULE)
  if (!problem) return null
  if (problem.code === 'message-limit') return fail('message-limit', { limit: problem.limit })
  if (problem.code === 'no-such-receiver') return fail('no-such-receiver', { receiverId })
  return problem.code === 'too-fast' ? fail('throttled', { seconds: MESSAGE_RULE.rate.withinMs / SECOND }) : fail(problem.code)
}
