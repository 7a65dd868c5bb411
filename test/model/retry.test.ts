import { expect, test } from 'vitest'
import { backoff } from '../../src/model/retry.ts'

const RULE = { firstMs: 50, maxMs: 1000 }

test.each([
  [0, 50],
  [1, 50],
  [2, 100],
  [3, 200],
  [5, 800],
  [6, 1000],
  [1_000_000, 1000],
])('after failure %d the delay is %d ms', (failures, delay) => {
  expect(backoff(RULE, failures)).toBe(delay)
})
