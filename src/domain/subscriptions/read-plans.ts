import { type NumberedPage, numberedPage, type PageNumber } from '../../model/page.ts'
import { fail, type Result } from '../../model/result.ts'
import type { SubscriptionPlan } from '../../model/subscription.ts'
import { findPlan, findPlans } from '../../store/subscriptions.ts'
import type { MemberContext } from '../access.ts'

/** Lists all subscription plans, oldest first. */
export const listPlans = (context: MemberContext, page: PageNumber, size: number): Promise<NumberedPage<SubscriptionPlan>> =>
  numberedPage(page, size, (from) => findPlans(context.store, from, size))

/** Returns one subscription plan. */
export const readPlan = async (context: MemberContext, id: number): Promise<Result<SubscriptionPlan, 'no-such-subscription'>> =>
  (await findPlan(context.store, id)) ?? fail('no-such-subscription')
