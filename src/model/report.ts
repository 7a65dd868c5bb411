import type { RateLimit } from './rate-limit.ts'
import { DAY, HOUR } from './time.ts'

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

export interface ReportRule {
  /** The status of a new report. */
  readonly status: (typeof REPORT_STATUSES)[number]
  readonly limit: RateLimit
  /** When a member who has reached the limit should try again. */
  readonly retryAfterMs: number
}

export const REPORT_RULE: ReportRule = {
  status: 'open',
  // A limit against programs: no person writes a hundred reports a day.
  limit: { max: 100, withinMs: DAY },
  retryAfterMs: HOUR,
}
