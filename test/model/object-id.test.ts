import { expect, test } from 'vitest'
import { isObjectId, OBJECT_ID_COUNTERS, objectIdOf } from '../../src/model/object-id.ts'

const NOW = Date.UTC(2026, 10, 20)
const random = 'aabbccddee'

test('an id has 24 digits, also with the greatest counter', () => {
  expect(objectIdOf(NOW, { random, counter: 0 })).toBe('6a1e5f80aabbccddee000000'.replace(/^.{8}/, (NOW / 1000).toString(16)))
  expect(isObjectId(objectIdOf(NOW, { random, counter: OBJECT_ID_COUNTERS - 1 }))).toBe(true)
  expect(isObjectId(objectIdOf(NOW, { random, counter: OBJECT_ID_COUNTERS }))).toBe(false)
  expect(isObjectId(objectIdOf(0, { random, counter: 0 }))).toBe(true)
})

test('ids sort by second, and within one second by counter', () => {
  const ids = [
    objectIdOf(NOW - 1000, { random: 'ffffffffff', counter: 9 }),
    objectIdOf(NOW, { random, counter: 1 }),
    objectIdOf(NOW + 999, { random, counter: 2 }),
    objectIdOf(NOW + 1000, { random: '0000000000', counter: 0 }),
  ]
  expect(ids.toSorted()).toEqual(ids)
})

test.each(['', 'x', '0'.repeat(23), '0'.repeat(25), 'A'.repeat(24), `${'0'.repeat(24)}\n`])('%j is no object id', (text) => {
  expect(isObjectId(text)).toBe(false)
})
