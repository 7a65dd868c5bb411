import { REPORT_RULE } from '../../model/report.ts'
import { fail, type Result } from '../../model/result.ts'
import { SECOND } from '../../model/time.ts'
import { deleteBlock, insertBlock, insertReport } from '../../store/blocks.ts'
import type { MemberContext } from '../access.ts'

/** Blocks a member. A block works in both directions. */
export const block = async (context: MemberContext, accountId: number): Promise<Result<null, 'target-is-self' | 'no-such-user'>> => {
  const { id } = context.actor.account
  if (id === accountId) return fail('target-is-self')
  context.gates.concern(accountId)
  return (await insertBlock(context.store, id, accountId, context.now())) ? null : fail('no-such-user')
}

/** Removes the caller's own block. A block by the other member stays. */
export const unblock = async (context: MemberContext, accountId: number): Promise<Result<null, 'not-blocked'>> => {
  context.gates.concern(accountId)
  return (await deleteBlock(context.store, context.actor.account.id, accountId)) ? null : fail('not-blocked')
}

/** Reports a member to the staff. */
export const report = async (
  context: MemberContext,
  { accountId, reason }: { accountId: number; reason: string },
): Promise<Result<null, 'target-is-self' | 'no-such-user' | 'throttled'>> => {
  const { id } = context.actor.account
  if (id === accountId) return fail('target-is-self')
  const entry = { reporterId: id, reportedId: accountId, reason, now: context.now() }
  const outcome = await insertReport(context.store, entry, REPORT_RULE)
  if (outcome === 'not-found') return fail('no-such-user')
  return outcome === 'created' ? null : fail('throttled', { seconds: REPORT_RULE.retryAfterMs / SECOND })
}
