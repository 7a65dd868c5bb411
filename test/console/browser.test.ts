import { describe, expect, test } from 'vitest'
import { parseAlarm } from '#chat/desk-events.ts'
import { parseMessage } from '#chat/messages.ts'
import { parseId } from '#chat/values.ts'
import { deliveryTexts } from '../../src/console/browser/delivery-texts.ts'
import { parseRoute } from '../../src/console/browser/routes.ts'
import { parseList, parseOutboxMessage, parsePage, parseReport, valueAt } from '../../src/console/browser/wire.ts'

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
])('the URL fragment %j', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route)
})

describe('what a person reads about the messages of their alarm', () => {
  const delivery = (state: string, purpose = 'alarm', channel = 'email', recipient = 'Ann') => ({ recipient, channel, state, purpose })

  test.each([
    ['sent', 'Ann was notified by e-mail.'],
    ['uncertain', 'Ann was probably notified by e-mail: the service did not confirm it.'],
    ['pending', 'Notifying Ann by e-mail…'],
    ['kept', 'Ann was not notified: the message by e-mail was only kept here, and was not sent.'],
    ['failed', 'Ann could not be notified by e-mail.'],
    ['stopped', 'Ann was not notified by e-mail: the alarm ended before.'],
    ['withheld', 'Ann was not notified by e-mail: you have reached the limit of people or messages for today.'],
  ])('%s', (state, text) => {
    expect(deliveryTexts([delivery(state)], 'alarm')).toEqual([text])
  })

  test('one sentence for each person and channel, with the best state', () => {
    const steps = [delivery('sent'), delivery('kept', 'alarm', 'sms', 'Bob'), delivery('pending'), delivery('sent', 'all-clear')]
    expect(deliveryTexts(steps, 'alarm')).toEqual([
      'Ann was notified by e-mail.',
      'Bob was not notified: the message by SMS was only kept here, and was not sent.',
    ])
    expect(deliveryTexts(steps, 'all-clear')).toEqual(['Ann was notified by e-mail that you are safe.'])
    expect(deliveryTexts([delivery('kept', 'all-clear')], 'all-clear')).toEqual([
      'Ann was not notified that you are safe: the message by e-mail was only kept here, and was not sent.',
    ])
  })
})

describe('parsing responses', () => {
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
  ])('the id %j', (value, id) => {
    expect(parseId(value)).toBe(id)
  })

  test.each([null, undefined, 3, 'x', [], {}, { id: 1 }, { id: 1, message: 2 }])('%j is not a message', (value) => {
    expect(parseMessage(value)).toBeNull()
  })

  test('a list skips items that cannot be parsed', () => {
    const valid = { id: 2, message: '<b>', from_admin: true, sent_at: 'then', more: 1 }
    expect(parseList([null, valid, 'x'], parseMessage)).toEqual([{ id: 2, text: '<b>', fromAdmin: true, sentAt: 'then' }])
    expect(parseList('not a list', parseMessage)).toEqual([])
    expect(parsePage({ messages: [valid], next: 'abc' }, 'messages', parseMessage).next).toBe('abc')
    expect(parsePage(null, 'messages', parseMessage)).toEqual({ items: [], next: null })
  })

  test('alarms, outbox messages and reports', () => {
    expect(
      parseAlarm({ event: 'alarm', user_id: '2', username: 'ann', alarm_id: 'a', scenario: 's', status: 'open', triggered_at: 't' }),
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
    expect(parseOutboxMessage({ id: 1, channel: 'email', recipient: 'Ann' })?.recipient).toBe('Ann')
    expect(parseReport({ id: 1, reporter: { id: 2, username: 'b' }, reported: null, reason: 'r', created_at: 't' })).toEqual({
      id: '1',
      reporter: { id: 2, username: 'b' },
      reported: { id: 0, username: '' },
      reason: 'r',
      createdAt: 't',
    })
    expect(valueAt({ data: { user: 1 } }, 'data', 'user')).toBe(1)
    expect(valueAt(null, 'data', 'user')).toBeUndefined()
  })
})
