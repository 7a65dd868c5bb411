import { describe, expect, test } from 'vitest'
import { isExpired, parseCall } from '#chat/waiting-call.ts'

describe('a call for help that waits on the device', () => {
  const now = Date.UTC(2026, 10, 20)
  const MINUTE = 60_000

  test.each([
    [0, false],
    [15 * MINUTE, false],
    [15 * MINUTE + 1, true],
    [-1, true], // the clock was set back: the age is unknown
  ])('of %i ms ago: the person is asked first: %s', (age, expired) => {
    expect(isExpired({ id: 'a', pressedAt: now - age }, now)).toBe(expired)
  })

  test.each([null, '', 'x', '{', '[]', '7', '{"id":"a"}', '{"id":"","pressedAt":1}', '{"pressedAt":1}', '{"id":"a","pressedAt":"1"}'])(
    'stored as %j is none',
    (stored) => {
      expect(parseCall(stored)).toBeNull()
    },
  )

  test('is read as it was stored', () => {
    expect(parseCall('{"id":"a","pressedAt":5,"more":1}')).toEqual({ id: 'a', pressedAt: 5 })
  })
})
