/** A report is open until the staff have dealt with it. */
export const REPORT_STATUSES = ['open', 'closed'] as const

export interface MemberReport {
  readonly id: number
  readonly reporterId: number
  readonly reporter: string
  readonly reportedId: number
  readonly reported: string
  readonly reason: string
  readonly createdAt: number
}

/** A limit against programs: no person writes a hundred reports a day. */
export const MAX_REPORTS_PER_DAY = 100
