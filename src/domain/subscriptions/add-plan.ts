import { fail, type Result } from '../../model/result.ts'
import type { SubscriptionPlan } from '../../model/subscription.ts'
import { insertPlan } from '../../store/subscriptions.ts'
import type { OperatorContext, StaffContext } from '../access.ts'

export interface NewPlan {
  readonly planType: string
  readonly startDate: string
  readonly endDate: string
  readonly status: string
}

/** Adds a subscription plan. */
export const addPlan = async (
  context: StaffContext | OperatorContext,
  plan: NewPlan,
): Promise<Result<SubscriptionPlan, 'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? insertPlan(context.store, plan, context.now()) : fail('ends-before-it-starts')
