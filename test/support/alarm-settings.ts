import type { AlarmSettings } from '../../src/model/alarm.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** The documented defaults. */
export const SETTINGS: AlarmSettings = {
  dedupeMs: 30_000,
  cancelMs: 0,
  stepsMs: [5 * MINUTE, 15 * MINUTE],
  remindEveryMs: 15 * MINUTE,
  remindForMs: 24 * HOUR,
  retryForMs: 24 * HOUR,
  channels: ['email', 'sms'],
  outboxIsChannel: true,
}
