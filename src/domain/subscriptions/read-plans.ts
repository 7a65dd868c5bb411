import { findPlan, findPlans, type SubscriptionPlan } from '../../store/subscriptions.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../numbered-page.ts'

/** Lists all subscription plans, oldest first. */
export const listPlans = (context: Context, page: PageNumber, size: number): Promise<NumberedPage<SubscriptionPlan>> =>
  numberedPage(page, size, (from) => findPlans(context.store, from, size))

/** Returns one subscription plan. */
export const readPlan = async (context: Context, id: number): Promise<SubscriptionPlan | Failure<'no-such-subscription'>> =>
  (await findPlan(context.store, id)) ?? fail('no-such-subscription')
