import { expect, test } from 'vitest'
import { LOCKS_FORGOTTEN_AFTER_MS } from '../../src/model/login-lock.ts'
import { RETENTION } from '../../src/model/retention.ts'
import { DAY } from '../../src/model/time.ts'

test('a failure counter is deleted only when its locks are forgotten', () => {
  expect(RETENTION.loginFailuresMs).toBeGreaterThanOrEqual(LOCKS_FORGOTTEN_AFTER_MS)
})

test('calendar feeds show a cancelled plan for a month', () => {
  expect(RETENTION.cancelledPlansMs).toBe(30 * DAY)
})
