import { DAY, MINUTE } from './time.ts'

/** When failed log-ins lock, and for how long. The operator's settings are those for one username from one address. */
export interface LockRule {
  /** This many failures within the window lock. */
  readonly failures: number
  readonly windowMs: number
  /** Length of the first lock. Each further lock is twice as long, up to `longestMs`. */
  readonly firstMs: number
  readonly longestMs: number
}

/** Locks older than this are not counted any more, so the next lock is short again. */
export const LOCKS_FORGOTTEN_AFTER_MS = DAY

/**
 * The lock of one username for all addresses together. Others can cause it, so it is short: no owner is locked out for longer
 * than a minute, and it does not apply to a network from which the account has logged in before.
 */
export const accountBrake = (rule: LockRule): LockRule => ({
  ...rule,
  failures: rule.failures * 5,
  firstMs: Math.min(rule.firstMs, MINUTE),
  longestMs: MINUTE,
})
