export const PLAN_TYPES = ['basic', 'premium', 'platinum'] as const

export type PlanType = (typeof PLAN_TYPES)[number]

export const PLAN_STATUSES = ['active', 'expired'] as const

type PlanStatus = (typeof PLAN_STATUSES)[number]

/** Only a plan with this status gives its members anything, and only as long as it has not ended. */
export const ACTIVE_PLAN: PlanStatus = 'active'

export interface SubscriptionPlan {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly status: string
  readonly planType: string
  readonly startDate: string
  readonly endDate: string
}

export type PlanFields = Pick<SubscriptionPlan, 'planType' | 'startDate' | 'endDate' | 'status'>

export type PlanChanges = { readonly [K in keyof PlanFields]?: PlanFields[K] | undefined }
