import { expect, test } from 'vitest'
import { MESSAGE_RULE } from '../../src/model/message.ts'
import { MINUTE } from '../../src/model/time.ts'

test('the limits are those of the contract, and platinum has none', () => {
  expect(MESSAGE_RULE.limits).toEqual({ basic: 10, premium: 40 })
})

test('the rate limit allows more in a minute than every limit allows in total', () => {
  expect(MESSAGE_RULE.rate.withinMs).toBe(MINUTE)
  for (const limit of Object.values(MESSAGE_RULE.limits)) expect(MESSAGE_RULE.rate.max).toBeGreaterThan(limit)
})
