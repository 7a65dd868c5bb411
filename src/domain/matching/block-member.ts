import { deleteBlock, insertBlock, insertReport } from '../../store/blocks.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Keeps somebody away from the caller, and the caller from them. */
export const block = async (context: MemberContext, accountId: number): Promise<null | Failure<'blocks-self' | 'no-such-user'>> => {
  const { id } = context.actor.account
  if (id === accountId) return fail('blocks-self')
  return (await insertBlock(context.store, id, accountId, context.now())) ? null : fail('no-such-user')
}

/** Takes the caller's own block back; one that the other made stays. */
export const unblock = async (context: MemberContext, accountId: number): Promise<null | Failure<'not-blocked'>> =>
  (await deleteBlock(context.store, context.actor.account.id, accountId)) ? null : fail('not-blocked')

/** Tells the staff what somebody does. */
export const report = async (
  context: MemberContext,
  { accountId, reason }: { accountId: number; reason: string },
): Promise<null | Failure<'blocks-self' | 'no-such-user' | 'throttled'>> => {
  const { id } = context.actor.account
  if (id === accountId) return fail('blocks-self')
  const made = await insertReport(context.store, { reporterId: id, reportedId: accountId, reason, now: context.now() })
  if (made === 'nobody') return fail('no-such-user')
  return made === 'made' ? null : fail('throttled', { seconds: 60 * 60 })
}
