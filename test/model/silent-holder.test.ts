import { expect, test } from 'vitest'
import { returnsToQueueAt } from '../../src/model/silent-holder.ts'

test.each([
  ['nobody waits', { claimedAt: 5, unansweredSince: null }, null],
  ['the person wrote after the claim', { claimedAt: 5, unansweredSince: 7 }, 17],
  ['the person waited before the claim', { claimedAt: 8, unansweredSince: 7 }, 18],
])('%s', (_what, held, at) => {
  expect(returnsToQueueAt(held, 10)).toBe(at)
})
