import { type Page, pageOf } from '../../model/page.ts'
import type { Plan, PlanCursor } from '../../model/plan.ts'
import { LATEST_TIME } from '../../model/time.ts'
import { findPlans } from '../../store/plans.ts'
import type { MemberContext } from '../access.ts'

export interface PlanQuery {
  /** Both are inclusive. With either, the list holds only plans with a start time, sorted by it. */
  readonly from: number | null
  readonly to: number | null
  readonly friendsOnly: boolean
  readonly after: PlanCursor | null
  readonly limit: number
}

/**
 * Lists the plans that the caller may see, oldest first. With `from` or `to`, the plan that starts first comes first: a
 * time range is read along the index on the start time. Otherwise a page would also cost the rows outside of the range.
 */
export const listPlans = async (
  context: MemberContext,
  { from, to, friendsOnly, after, limit }: PlanQuery,
): Promise<Page<Plan, PlanCursor>> => {
  const rows = await findPlans(context.store, {
    accountId: context.actor.account.id,
    friendsOnly,
    after: after ?? { start: from ?? -LATEST_TIME, id: '' },
    until: from === null && to === null ? null : (to ?? LATEST_TIME),
    limit: limit + 1,
  })
  return pageOf(rows, limit, ({ id, startTime }) => ({ start: startTime ?? 0, id }))
}
