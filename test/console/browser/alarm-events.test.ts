import { describe, expect, test } from 'vitest'
import type { Alarm } from '#chat/desk-events.ts'
import { alarmEvents, alarmState, interleave, withLinks } from '../../../src/console/browser/alarm-events.ts'

const at = (minute: number): string => `2026-11-20T12:${String(minute).padStart(2, '0')}:00Z`

const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  userId: 2,
  username: 'mara',
  alarmId: 'a',
  scenario: 'Pattern 2',
  status: 'open',
  triggeredAt: at(10),
  acknowledgedAt: null,
  acknowledgedBy: null,
  ...changes,
})

const acknowledged = alarm({ status: 'acknowledged', acknowledgedAt: at(12), acknowledgedBy: 'sam' })
const safe = alarm({ status: 'acknowledged', acknowledgedAt: at(15), acknowledgedBy: 'mara' })

test('only the person can be safe: staff acknowledge', () => {
  expect(alarmState(alarm())).toBe('open')
  expect(alarmState(acknowledged)).toBe('acknowledged')
  expect(alarmState(safe)).toBe('safe')
  expect(alarmState(alarm({ status: 'cancelled', acknowledgedBy: 'mara' }))).toBe('cancelled')
})

test('the channel of the link, which only events of the desk contain, is kept in the event of the person’s list', () => {
  const atDesk = [alarm({ status: 'acknowledged', acknowledgedBy: 'sam', acknowledgedVia: 'email' }), alarm({ alarmId: 'b' })]
  const events = alarmEvents([...withLinks([acknowledged], atDesk), ...atDesk]).map(({ text }) => text)
  expect(events).toContain('sam acknowledged the alarm with the link in an e-mail.')
  expect(events).not.toContain('sam acknowledged the alarm.')
  expect(withLinks([safe], [])).toEqual([safe])
})

describe('the events of alarms', () => {
  test('are the call for help, the acknowledgement by name, and "I am safe", the earliest first', () => {
    const earlier = alarm({
      alarmId: 'b',
      scenario: '',
      triggeredAt: at(1),
      status: 'cancelled',
      acknowledgedAt: at(2),
      acknowledgedBy: 'mara',
    })
    expect(alarmEvents([acknowledged, earlier, safe]).map(({ text }) => text)).toEqual([
      'mara called for help.',
      'mara cancelled the alarm.',
      'mara called for help (Pattern 2).',
      'sam acknowledged the alarm.',
      'mara reported: I am safe.',
    ])
  })

  test('are there once, however often an alarm is given', () => {
    const events = alarmEvents([acknowledged, acknowledged, alarm()])
    expect(events.map(({ key }) => key)).toEqual(['a open', 'a acknowledged'])
  })
})

describe('events between messages', () => {
  const messages = [{ sentAt: at(5) }, { sentAt: at(10) }, { sentAt: at(14) }]
  const rowsOf = (isFromStart: boolean, events = alarmEvents([safe])) =>
    interleave(messages, events, isFromStart).map((row) => ('sentAt' in row ? row.sentAt : row.text))

  test('stand by time; with the same time, the message comes first', () => {
    expect(rowsOf(true)).toEqual([at(5), at(10), 'mara called for help (Pattern 2).', at(14), 'mara reported: I am safe.'])
  })

  test('before the first loaded message are left out, unless it is the first of all', () => {
    const early = alarmEvents([alarm({ triggeredAt: at(1) })])
    expect(rowsOf(false, early)).toEqual([at(5), at(10), at(14)])
    expect(rowsOf(true, early)).toEqual(['mara called for help (Pattern 2).', at(5), at(10), at(14)])
    expect(interleave([], early, false)).toEqual(early)
  })
})
