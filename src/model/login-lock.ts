import { DAY } from './time.ts'

/** When failed log-ins lock a username, and for how long. The operator's settings. */
export interface LockRule {
  /** This many failures within the window lock the username. */
  readonly failures: number
  readonly windowMs: number
  /** Length of the first lock. Each further lock is twice as long, up to `longestMs`. */
  readonly firstMs: number
  readonly longestMs: number
}

/** Locks older than this are not counted any more, so the next lock is short again. */
export const LOCKS_FORGOTTEN_AFTER_MS = DAY
