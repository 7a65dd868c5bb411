import { expect, test } from 'vitest'
import { type Backlog, isReady, lateness } from '../../src/model/readiness.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'

const NOW = Date.UTC(2030, 0, 1)
const FRESH: Backlog = { sweptAt: NOW - HOUR, alarmsCheckedAt: NOW - MINUTE, oldestAlarmDueAt: null, oldestMessageAt: null }
const ON_TIME = { sweep: 'ok', alarms: 'ok', messages: 'ok' }

test.each<[what: string, change: Partial<Backlog>, late: object]>([
  ['nothing', {}, {}],
  ['a sweep after a bit more than a day', { sweptAt: NOW - 25 * HOUR }, {}],
  ['no sweep for too long', { sweptAt: NOW - 27 * HOUR }, { sweep: 'late' }],
  ['a missed run of the cron for alarms', { alarmsCheckedAt: NOW - 11 * MINUTE }, {}],
  ['no cron for alarms', { alarmsCheckedAt: NOW - 16 * MINUTE }, { alarms: 'late' }],
  ['an alarm that is due in the future', { oldestAlarmDueAt: NOW + HOUR }, {}],
  ['an alarm that was due long ago', { oldestAlarmDueAt: NOW - 16 * MINUTE }, { alarms: 'late' }],
  ['a message that waits for the next run', { oldestMessageAt: NOW - 5 * MINUTE }, {}],
  ['a message that cannot be sent', { oldestMessageAt: NOW - 31 * MINUTE }, { messages: 'late' }],
])('%s', (_what, change, late) => {
  expect(lateness({ ...FRESH, ...change }, NOW)).toEqual({ ...ON_TIME, ...late })
})

test('ready is only what works in every part', () => {
  const all = { database: 'ok', revocations: 'ok', pictures: 'ok', objects: 'ok', sweep: 'ok', alarms: 'ok', messages: 'ok' } as const
  expect(isReady(all)).toBe(true)
  for (const part of Object.keys(all)) {
    expect(isReady({ ...all, [part]: 'late' }), part).toBe(false)
    expect(isReady({ ...all, [part]: 'failed' }), part).toBe(false)
  }
})
