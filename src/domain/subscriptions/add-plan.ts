import { insertPlan, type SubscriptionPlan } from '../../store/subscriptions.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { SubscriptionPlan }

export interface NewPlan {
  readonly planType: string
  readonly startDate: string
  readonly endDate: string
  readonly status: string
}

/** Offers a new plan. */
export const addPlan = async (ctx: Ctx, plan: NewPlan): Promise<SubscriptionPlan | Refusal<'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? insertPlan(ctx.store, plan, ctx.now()) : refuse('ends-before-it-starts')
