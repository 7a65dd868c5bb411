import type { Range } from './range.ts'

/** How long a session lasts, in minutes. */
export const PRACTICE_MINUTES: Range = { min: 1, max: 1440 }

export interface PracticeSession {
  readonly date: string
  readonly duration: number
  readonly id: number
  readonly name: string
}

export type PracticeSessionFields = Pick<PracticeSession, 'name' | 'date' | 'duration'>

export type PracticeSessionChanges = { readonly [K in keyof PracticeSessionFields]?: PracticeSessionFields[K] | undefined }

export interface SummaryRule {
  /** A streak goes on as long as its last day is at most this many days ago: who has not practised yet today has not lost it. */
  readonly graceDays: number
  /** Sessions this many days ahead count: in some time zones it is tomorrow already. */
  readonly daysAhead: number
  readonly maxWeeks: number
}

export const SUMMARY_RULE: SummaryRule = { graceDays: 1, daysAhead: 1, maxWeeks: 1000 }

/** The page starts after this session, in the order of the list. */
export interface PracticeCursor {
  readonly date: string
  readonly id: number
}

export interface PracticeSummary {
  readonly count: number
  readonly totalMinutes: number
  readonly currentStreakDays: number
  readonly longestStreakDays: number
  readonly byWeek: readonly { readonly week: string; readonly minutes: number }[]
}
