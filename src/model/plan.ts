export interface CancelledPlan {
  readonly id: string
  readonly createdAt: number
  readonly title: string
  readonly startTime: number | null
  readonly endTime: number
  readonly sequence: number
  readonly cancelledAt: number
}

export const VISIBILITIES = ['public', 'friends', 'private'] as const

export type Visibility = (typeof VISIBILITIES)[number]

/** Who may see a plan besides its creator and staff. A plan that is `private` is visible to no one else. */
export const VISIBLE_TO = { everyone: 'public', friends: 'friends' } as const satisfies Readonly<Record<string, Visibility>>

/** The fields of a plan that its creator sets. */
export interface PlanFields {
  readonly title: string
  readonly description: string
  readonly location: PlanLocation
  readonly startTime: number | null
  readonly endTime: number
  readonly visibility: Visibility
  readonly capacity: number | null
}

export interface Plan extends Pick<PlanFields, 'title' | 'description' | 'location' | 'startTime' | 'endTime'> {
  readonly id: string
  readonly creatorId: number
  /** The creator's object id. */
  readonly createdBy: string
  readonly sequence: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** The page starts after this plan. */
export interface PlanCursor {
  readonly start: number
  readonly id: string
}

/** The plans in a list: all that the account may see, only those of friends and its own, or only its own. */
export type PlanScope = 'all' | 'friends' | 'own'

export interface PlanRange {
  readonly accountId: number
  readonly scope: PlanScope
  /** If `until` is null, the list is ordered by age. Otherwise it is ordered by start time, and ends at `until`. */
  readonly after: PlanCursor
  readonly until: number | null
  readonly limit: number
}

export type PlanChanges = { readonly [K in keyof PlanFields]?: PlanFields[K] | undefined }

/** Where a plan takes place. Optional fields that were not sent are missing. */
export interface PlanLocation {
  readonly name?: string | undefined
  readonly address1: string
  readonly address2?: string | undefined
  readonly city: string
  readonly state: string
  /** Digits, stored as text because some begin with a zero. */
  readonly zipcode: string
}

/** A calendar feed shows the newest plans, up to this number. */
export const MAX_CALENDAR_ENTRIES = 1000
