import { deleteBlock, insertBlock, insertReport } from '../../store/blocks.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Keeps somebody away from the caller, and the caller from them. */
export const block = async (ctx: MemberCtx, accountId: number): Promise<null | Refusal<'blocks-self' | 'no-such-user'>> => {
  const { id } = ctx.actor.account
  if (id === accountId) return refuse('blocks-self')
  return (await insertBlock(ctx.store, id, accountId, ctx.now())) ? null : refuse('no-such-user')
}

/** Takes the caller's own block back; one that the other made stays. */
export const unblock = async (ctx: MemberCtx, accountId: number): Promise<null | Refusal<'not-blocked'>> =>
  (await deleteBlock(ctx.store, ctx.actor.account.id, accountId)) ? null : refuse('not-blocked')

/** Tells the staff what somebody does. */
export const report = async (
  ctx: MemberCtx,
  { accountId, reason }: { accountId: number; reason: string },
): Promise<null | Refusal<'blocks-self' | 'no-such-user' | 'throttled'>> => {
  const { id } = ctx.actor.account
  if (id === accountId) return refuse('blocks-self')
  const made = await insertReport(ctx.store, { reporterId: id, reportedId: accountId, reason, now: ctx.now() })
  if (made === 'nobody') return refuse('no-such-user')
  return made === 'made' ? null : refuse('throttled', { seconds: 60 * 60 })
}
