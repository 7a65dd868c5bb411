import { describe, expect, test } from 'vitest'
import { DAY, endsAfterStart, HOUR, isoDay, isoTime, LATEST_TIME, MINUTE, SECOND, secondsUntil } from '../../src/model/time.ts'

const NOON = Date.UTC(2026, 10, 20, 12)

test.each([
  [0, 1],
  [1, 1],
  [SECOND, 1],
  [SECOND + 1, 2],
  [HOUR, 3600],
  [-HOUR, 1],
])('%d ms from now are a Retry-After of %d', (ms, seconds) => {
  expect(secondsUntil(NOON + ms, NOON)).toBe(seconds)
})

test('a time is written without a fraction where it is zero', () => {
  expect(isoTime(NOON)).toBe('2026-11-20T12:00:00Z')
  expect(isoTime(NOON + 5)).toBe('2026-11-20T12:00:00.005Z')
})

test('no date is later than the latest time', () => {
  expect(new Date(LATEST_TIME).getTime()).toBe(LATEST_TIME)
  expect(new Date(-LATEST_TIME).getTime()).toBe(-LATEST_TIME)
  expect(new Date(LATEST_TIME + 1).getTime()).toBeNaN()
})

describe('the day of a time', () => {
  test.each([
    ['its first moment', Date.UTC(2026, 10, 20), '2026-11-20'],
    ['its last moment', Date.UTC(2026, 10, 21) - 1, '2026-11-20'],
    ['the day after', NOON + DAY, '2026-11-21'],
    ['before 1970', -MINUTE, '1969-12-31'],
  ])('%s', (_name, time, day) => {
    expect(isoDay(time)).toBe(day)
    expect(isoDay(NOON)).toBe('2026-11-20')
    expect(isoDay(time)).toBe(day)
  })
})

test.each<[number | string | null, number | string, boolean]>([
  [1, 2, true],
  [2, 2, false],
  [3, 2, false],
  [null, 2, true],
  ['2026-09-30', '2026-10-01', true],
  ['2026-10-01', '2026-10-01', false],
])('a period from %s to %s: %s', (start, end, expected) => {
  expect(endsAfterStart(start, end)).toBe(expected)
})
