import { findPlans, type Plan, type PlanPlace } from '../../store/plans.ts'
import type { MemberCtx } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

export interface PlanQuery {
  /** Both inclusive. Either makes it a list by when plans start, of those that say so. */
  readonly from: number | null
  readonly to: number | null
  readonly friendsOnly: boolean
  readonly after: PlanPlace | null
  readonly limit: number
}

/** Before and after every time that can be written down. */
const EVER = 8.64e15

/**
 * The plans that the caller may see, oldest first. With `from` or `to` the oldest is the one that starts first: a part of
 * time is read along the times, or else a page would cost as much as everything outside of it.
 */
export const listPlans = async (ctx: MemberCtx, { from, to, friendsOnly, after, limit }: PlanQuery): Promise<Page<Plan, PlanPlace>> => {
  const found = await findPlans(ctx.store, {
    accountId: ctx.actor.account.id,
    friendsOnly,
    after: after ?? { start: from ?? -EVER, id: '' },
    until: from === null && to === null ? null : (to ?? EVER),
    limit: limit + 1,
  })
  return pageOf(found, limit, ({ id, startTime }) => ({ start: startTime ?? 0, id }))
}
