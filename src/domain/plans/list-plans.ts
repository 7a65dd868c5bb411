import { findPlans, type Plan, type PlanCursor } from '../../store/plans.ts'
import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

export interface PlanQuery {
  /** Both inclusive. Either makes it a list by when plans start, of those that say so. */
  readonly from: number | null
  readonly to: number | null
  readonly friendsOnly: boolean
  readonly after: PlanCursor | null
  readonly limit: number
}

/** Before and after every time that can be written down. */
const EVER = 8.64e15

/**
 * The plans that the caller may see, oldest first. With `from` or `to` the oldest is the one that starts first: a part of
 * time is read along the times, or else a page would cost as much as everything outside of it.
 */
export const listPlans = async (
  context: MemberContext,
  { from, to, friendsOnly, after, limit }: PlanQuery,
): Promise<Page<Plan, PlanCursor>> => {
  const found = await findPlans(context.store, {
    accountId: context.actor.account.id,
    friendsOnly,
    after: after ?? { start: from ?? -EVER, id: '' },
    until: from === null && to === null ? null : (to ?? EVER),
    limit: limit + 1,
  })
  return pageOf(found, limit, ({ id, startTime }) => ({ start: startTime ?? 0, id }))
}
