import { insertPlan, type SubscriptionPlan } from '../../store/subscriptions.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { SubscriptionPlan }

export interface NewPlan {
  readonly planType: string
  readonly startDate: string
  readonly endDate: string
  readonly status: string
}

/** Adds a subscription plan. */
export const addPlan = async (context: Context, plan: NewPlan): Promise<SubscriptionPlan | Failure<'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? insertPlan(context.store, plan, context.now()) : fail('ends-before-it-starts')
