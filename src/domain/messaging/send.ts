import { insertMessage } from '../../store/direct-messages.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { dayOf } from '../sessions/credentials.ts'
import type { MessagingRefusals } from './refusals.ts'

/** Writes to somebody, as often as the caller's plan allows. */
export const sendMessage = async (
  ctx: MemberCtx,
  { receiverId, content }: { receiverId: number; content: string },
): Promise<null | Refusal<keyof MessagingRefusals | 'throttled'>> => {
  const now = ctx.now()
  const problem = await insertMessage(ctx.store, { senderId: ctx.actor.account.id, receiverId, content, today: dayOf(now), now })
  if (!problem) return null
  if (problem.because === 'message-limit') return refuse('message-limit', { limit: problem.limit })
  if (problem.because === 'no-such-receiver') return refuse('no-such-receiver', { receiverId })
  return problem.because === 'too-fast' ? refuse('throttled', { seconds: 60 }) : refuse(problem.because)
}
