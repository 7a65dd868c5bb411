import { fail, type Result } from '../../model/result.ts'
import type { PlanFields, SubscriptionPlan } from '../../model/subscription.ts'
import { endsAfterStart } from '../../model/time.ts'
import { insertPlan } from '../../store/subscriptions.ts'
import type { OperatorContext, StaffContext } from '../access.ts'

/** Adds a subscription plan. */
export const addPlan = async (
  context: StaffContext | OperatorContext,
  plan: PlanFields,
): Promise<Result<SubscriptionPlan, 'ends-before-it-starts'>> =>
  endsAfterStart(plan.startDate, plan.endDate) ? insertPlan(context.store, plan, context.now()) : fail('ends-before-it-starts')
