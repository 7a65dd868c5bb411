import { describe, expect, test } from 'vitest'
import { afterClose, reconnectDelay } from '../../src/console/browser/backoff.ts'
import { routeOf } from '../../src/console/browser/routes.ts'
import {
  alarmFrom,
  idFrom,
  inside,
  listFrom,
  messageFrom,
  outboxMessageFrom,
  pageFrom,
  reportFrom,
} from '../../src/console/browser/wire.ts'

describe('when a line is tried again', () => {
  test('soon, then ever later, up to a limit', () => {
    const longest = [...Array(20).keys()].map((attempt) => reconnectDelay(attempt, 1))
    expect(longest.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 16000])
    expect(new Set(longest.slice(6))).toEqual(new Set([20_000]))
    expect(reconnectDelay(5000, 1)).toBe(20_000)
  })

  test('never at the same moment as everybody else, and never at once', () => {
    expect([0, 0.5, 1].map((random) => reconnectDelay(2, random))).toEqual([1000, 1500, 2000])
  })

  test.each([1000, 1001, 1006, 1011, 1012, 4000])('closed with %i: again', (code) => {
    expect(afterClose(code, 0, 0)).toEqual({ again: true, afterMs: 250 })
  })

  test('who is logged out, or not allowed, is not let in by asking again', () => {
    expect(afterClose(4401, 0, 0)).toEqual({ again: false, because: 'signed-out' })
    expect(afterClose(4403, 0, 0)).toEqual({ again: false, because: 'forbidden' })
  })

  test('after a flood it takes a while', () => {
    expect(afterClose(4429, 0, 0)).toEqual({ again: true, afterMs: 10_250 })
  })
})

test.each([
  ['', { view: 'inbox', userId: null }],
  ['#/', { view: 'inbox', userId: null }],
  ['#/room/12', { view: 'inbox', userId: 12 }],
  ['#/room/0', { view: 'inbox', userId: null }],
  ['#/alarms', { view: 'alarms' }],
  ['#/outbox', { view: 'outbox' }],
  ['#/reports', { view: 'reports' }],
  ['#main', null],
  ['#/nowhere', null],
])('the address %j', (hash, route) => {
  expect(routeOf(hash)).toEqual(route)
})

describe('what the server errorResponse is looked at before it is believed', () => {
  test.each([
    [1, 1],
    ['7', 7],
    [0, null],
    [-1, null],
    [1.5, null],
    ['', null],
    ['x', null],
    [null, null],
    [{}, null],
  ])('the id %j', (given, id) => {
    expect(idFrom(given)).toBe(id)
  })

  test.each([null, undefined, 3, 'x', [], {}, { id: 1 }, { id: 1, message: 2 }])('%j is no message', (given) => {
    expect(messageFrom(given)).toBeNull()
  })

  test('a list keeps what can be read', () => {
    const good = { id: 2, message: '<b>', from_admin: true, sent_at: 'then', more: 1 }
    expect(listFrom([null, good, 'x'], messageFrom)).toEqual([{ id: 2, text: '<b>', fromAdmin: true, sentAt: 'then' }])
    expect(listFrom('no list', messageFrom)).toEqual([])
    expect(pageFrom({ messages: [good], next: 'abc' }, 'messages', messageFrom).next).toBe('abc')
    expect(pageFrom(null, 'messages', messageFrom)).toEqual({ items: [], next: null })
  })

  test('alarms, kept messages and reports as they are documented', () => {
    expect(
      alarmFrom({ event: 'alarm', user_id: '2', username: 'ann', alarm_id: 'a', scenario: 's', status: 'open', triggered_at: 't' }),
    ).toEqual({
      userId: 2,
      username: 'ann',
      alarmId: 'a',
      scenario: 's',
      status: 'open',
      triggeredAt: 't',
      acknowledgedAt: null,
      acknowledgedBy: null,
    })
    expect(outboxMessageFrom({ id: 1, channel: 'email', recipient: 'Ann' })?.recipient).toBe('Ann')
    expect(reportFrom({ id: 1, reporter: { id: 2, username: 'b' }, reported: null, reason: 'r', created_at: 't' })).toEqual({
      id: '1',
      reporter: { id: 2, username: 'b' },
      reported: { id: 0, username: '' },
      reason: 'r',
      createdAt: 't',
    })
    expect(inside({ data: { user: 1 } }, 'data', 'user')).toBe(1)
    expect(inside(null, 'data', 'user')).toBeUndefined()
  })
})
