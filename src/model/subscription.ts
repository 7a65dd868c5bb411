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
