import { expect, test } from 'vitest'
import { MATCH_RULE } from '../../src/model/matching.ts'

const { factors, listFactors, maxPoints, acceptedFrom } = MATCH_RULE
const pointsOf = (some: typeof factors) => some.reduce((sum, { points }) => sum + points, 0)

test('a profile that matches everything has 100 percent', () => {
  expect(pointsOf([...factors, ...listFactors])).toBe(maxPoints)
})

test('no factor is worth more if the profile does not match', () => {
  for (const { points, penalty } of [...factors, ...listFactors]) {
    expect(points).toBeGreaterThan(0)
    expect(penalty).toBeLessThanOrEqual(0)
  }
})

test('a match can be accepted without the list factors', () => {
  expect((pointsOf(factors) / maxPoints) * 100).toBeGreaterThan(acceptedFrom)
})
