import { isObjectId } from '../model/object-id.ts'
import { type Page, pageOf } from '../model/page.ts'
import type { Plan } from '../model/plan.ts'
import { fail, type Result } from '../model/result.ts'
import { deletePlanDismissal, findDismissedPlans, insertPlanDismissal } from '../store/plan-dismissals.ts'
import type { MemberContext } from './access.ts'
import { readerOf } from './reader.ts'

type Outcome = Result<null, 'invalid-id' | 'plan-not-found'>

/** Takes a plan out of the caller's list of plans. It has no effect for others, and the plan stays visible by its id. */
export const dismissPlan = async (context: MemberContext, planId: string): Promise<Outcome> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  const isFound = await insertPlanDismissal(context.store, planId, readerOf(context.actor.account), context.now())
  return isFound ? null : fail('plan-not-found')
}

/** Puts a plan back into the caller's list of plans. */
export const undismissPlan = async (context: MemberContext, planId: string): Promise<Outcome> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  return (await deletePlanDismissal(context.store, planId, readerOf(context.actor.account))) ? null : fail('plan-not-found')
}

/** Lists the plans that the caller dismissed and may still see, oldest first. */
export const listDismissedPlans = async (
  context: MemberContext,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<Plan, string>> =>
  pageOf(await findDismissedPlans(context.store, readerOf(context.actor.account), after ?? '', limit + 1), limit, ({ id }) => id)
