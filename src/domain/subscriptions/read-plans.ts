import { findPlan, findPlans, type SubscriptionPlan } from '../../store/subscriptions.ts'
import type { Ctx } from '../context.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../numbered-page.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** All plans, oldest first. */
export const listPlans = (ctx: Ctx, page: PageNumber, size: number): Promise<NumberedPage<SubscriptionPlan>> =>
  numberedPage(page, size, (from) => findPlans(ctx.store, from, size))

/** One plan. */
export const readPlan = async (ctx: Ctx, id: number): Promise<SubscriptionPlan | Refusal<'no-such-subscription'>> =>
  (await findPlan(ctx.store, id)) ?? refuse('no-such-subscription')
