import { HOUR, MINUTE } from './time.ts'

/** What the service needs in order to work, and what a cron that does not run leaves undone. */
export type Check = 'database' | 'revocations' | 'pictures' | 'objects' | 'sweep' | 'alarms' | 'messages'

/** `late`: it works, but it has not been done for too long. */
export type CheckResult = 'ok' | 'late' | 'failed'

export type Readiness = Readonly<Record<Check, CheckResult>>

export const isReady = (readiness: Readiness): boolean => Object.values(readiness).every((result) => result === 'ok')

/** What crons have left behind. Times; null: there is none. */
export interface Backlog {
  readonly sweptAt: number | null
  /** The last run of the cron that calls the objects of alarms. */
  readonly alarmsCheckedAt: number | null
  /** The oldest item of an alarm that was due at that run. */
  readonly oldestAlarmDueAt: number | null
  /** Since when the oldest message about an account waits for being sent. */
  readonly oldestMessageAt: number | null
}

/** The sweep runs once a day, and may take a while. The other cron runs every five minutes: two runs may be missed. */
const LONGEST = { sweep: 26 * HOUR, alarms: 15 * MINUTE, messages: 30 * MINUTE } as const

/** For a cron that has never run, the time is that of the migration, which inserted the row. */
export const lateness = (backlog: Backlog, now: number): Pick<Readiness, keyof typeof LONGEST> => {
  const isLate = (since: number | null, longestMs: number): boolean => since !== null && now - since > longestMs
  const { sweptAt, alarmsCheckedAt, oldestAlarmDueAt, oldestMessageAt } = backlog
  const alarmIsLate = isLate(alarmsCheckedAt, LONGEST.alarms) || isLate(oldestAlarmDueAt, LONGEST.alarms)
  return {
    sweep: isLate(sweptAt, LONGEST.sweep) ? 'late' : 'ok',
    alarms: alarmIsLate ? 'late' : 'ok',
    messages: isLate(oldestMessageAt, LONGEST.messages) ? 'late' : 'ok',
  }
}
