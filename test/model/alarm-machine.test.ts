import { describe, expect, test } from 'vitest'
import {
  type Alarm,
  type Delivery,
  dialable,
  MAX_ALARMS_PER_HOUR,
  type Outcome,
  type Purpose,
  type Trigger,
} from '../../src/model/alarm.ts'
import {
  afterAttempt,
  afterFinding,
  channelAt,
  decideAcknowledgement,
  decideTrigger,
  deskDelivery,
  isWanted,
  nextAction,
  nextStep,
  notifiesRecipients,
  planStep,
} from '../../src/model/alarm-machine.ts'
import { retryDelay } from '../../src/model/retry.ts'
import { HOUR, MINUTE, SETTINGS } from '../support/alarm-settings.ts'

const TRIGGER: Trigger = {
  accountId: 7,
  username: 'sam',
  displayName: 'Sam',
  location: 'Kyiv',
  scenario: 'Pattern 2',
  recipients: [
    { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' },
    { key: 'contact-2', name: 'Bob', relationship: 'friend', email: null, phone: '+1556' },
  ],
  messages: [{ type: 'no-music' }],
}

const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  ...TRIGGER,
  alarmId: '6740e2bc8d390fe44b0f398f',
  triggeredAt: 0,
  startsAt: 0,
  status: 'open',
  acknowledgedAt: null,
  acknowledgedBy: null,
  safeAt: null,
  ...changes,
})

const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
  id: 'a.contact-1.1',
  alarmId: 'a',
  accountId: 7,
  purpose: 'alarm',
  step: 1,
  channel: 'email',
  recipient: 'Ann',
  address: 'ann@example.com',
  subject: '',
  body: '',
  state: 'pending',
  attempts: 0,
  createdAt: 0,
  ...changes,
})

const SAM = { id: 7, username: 'sam' }
const STAFF = { id: 8, username: 'rosa' }
const DEADLINE = 24 * HOUR
const SENT: Outcome = { type: 'sent', reference: null }
const RETRY: Outcome = { type: 'retry', reason: 'HTTP 500', afterMs: null }
const UNCERTAIN: Outcome = { type: 'uncertain', reason: 'no response' }
const REFUSED: Outcome = { type: 'refused', reason: 'HTTP 422' }

describe('a trigger', () => {
  const decide = (latest: Alarm | null, count: number, now: number, cancelMs = 0) =>
    decideTrigger({ latest, count, firstAt: count > 0 ? 0 : null }, TRIGGER, {
      alarmId: 'new',
      settings: { ...SETTINGS, cancelMs },
      now,
    })

  test('starts an alarm whose first step is due after the time to cancel', () => {
    expect(decide(null, 0, 5, 20_000)).toEqual({ type: 'start', alarm: alarm({ alarmId: 'new', triggeredAt: 5, startsAt: 20_005 }) })
  })

  test.each([
    ['within 30 seconds joins the open alarm', alarm(), 1, 29_999, 'join'],
    ['after 30 seconds starts another', alarm(), 1, 30_000, 'start'],
    ['after a closed alarm starts another', alarm({ status: 'acknowledged' }), 1, 1, 'start'],
    ['above the rate limit joins the open alarm', alarm(), MAX_ALARMS_PER_HOUR, 40_000, 'join'],
    ['above the rate limit is throttled without an open alarm', alarm({ status: 'cancelled' }), MAX_ALARMS_PER_HOUR, 40_000, 'throttle'],
    ['below the rate limit starts another', alarm(), MAX_ALARMS_PER_HOUR - 1, 40_000, 'start'],
  ] as const)('%s', (_what, latest, count, now, type) => {
    expect(decide(latest, count, now).type).toBe(type)
  })

  test('is accepted again an hour after the first of the alarms', () => {
    const closed = alarm({ status: 'acknowledged' })
    expect(decide(closed, 20, 15 * MINUTE + 1)).toEqual({ type: 'throttle', seconds: 45 * 60 })
    expect(decide(closed, 20, HOUR)).toEqual({ type: 'throttle', seconds: 1 })
  })
})

describe('an acknowledgement', () => {
  test('cancels an alarm that has not notified anyone, without a notification', () => {
    expect(decideAcknowledgement(alarm({ startsAt: 10 }), SAM, true, 9)).toEqual({ status: 'cancelled', isSafe: true, announcements: [] })
  })

  test('closes an alarm that has, and the desk and the webhook are notified once', () => {
    const closing = decideAcknowledgement(alarm(), SAM, true, 9)
    expect(closing?.status).toBe('acknowledged')
    expect(
      closing?.announcements.map(({ id, alarmId, channel, step }) => [id.split('.').slice(1).join('.'), alarmId, channel, step]),
    ).toEqual([
      ['desk.ack', null, 'desk', 0],
      ['webhook.ack', null, 'webhook', 0],
    ])
    expect(closing?.announcements[0]?.body).toMatchObject({ type: 'alarm', status: 'acknowledged', step: 0, acknowledgedBy: 'sam' })
    expect(decideAcknowledgement(alarm(), SAM, false, 9)?.announcements).toHaveLength(1)
  })

  test.each(['acknowledged', 'cancelled'] as const)('changes nothing if the alarm is %s', (status) => {
    expect(decideAcknowledgement(alarm({ status, safeAt: status === 'acknowledged' ? 5 : null }), SAM, true, 9)).toBeNull()
    expect(decideAcknowledgement(alarm({ status }), STAFF, true, 9)).toBeNull()
  })

  test('by staff does not mean that the person is safe; the person can confirm it afterwards, once', () => {
    expect(decideAcknowledgement(alarm(), SAM, false, 9)?.isSafe).toBe(true)
    expect(decideAcknowledgement(alarm(), STAFF, false, 9)?.isSafe).toBe(false)
    const answered = alarm({ status: 'acknowledged', acknowledgedBy: 'rosa' })
    expect(decideAcknowledgement(answered, SAM, true, 9)).toEqual({ status: 'acknowledged', isSafe: true, announcements: [] })
  })
})

describe('a step', () => {
  const plan = (step: number, hasWebhook = false) => planStep(alarm(), step, { settings: SETTINGS, hasWebhook, now: 0 })

  test('notifies each recipient by the channel of the step, then the desk and the webhook', () => {
    const summary = (step: number) => plan(step, true).deliveries.map(({ channel, address }) => [channel, address])
    expect(summary(1)).toEqual([
      ['email', 'ann@example.com'],
      ['sms', '+1556'],
      ['desk', ''],
      ['webhook', ''],
    ])
    expect(summary(2)).toEqual([
      ['sms', '+1555'],
      ['sms', '+1556'],
      ['desk', ''],
      ['webhook', ''],
    ])
    expect(summary(4)).toEqual([
      ['desk', ''],
      ['webhook', ''],
    ])
  })

  test('gives each delivery a key of its own, and schedules the next step', () => {
    const ids = [1, 2, 3].flatMap((step) => plan(step, true).deliveries.map(({ id }) => id))
    expect(new Set(ids).size).toBe(12)
    expect(plan(1).next).toEqual({ step: 2, at: 5 * MINUTE })
  })

  test('skips a recipient who cannot be reached', () => {
    const recipients = [{ key: 'contact-3', name: 'Eve', relationship: 'neighbour', email: null, phone: null }]
    const { deliveries } = planStep(alarm({ recipients }), 1, { settings: SETTINGS, hasWebhook: false, now: 0 })
    expect(deliveries.map(({ channel }) => channel)).toEqual(['desk'])
  })
})

test('an event without an alarm goes to the desk and belongs to no alarm', () => {
  const event = { type: 'crisis', accountId: 7, username: 'sam', at: 5 } as const
  expect(deskDelivery('key', event, 5)).toMatchObject({ id: 'key', alarmId: null, accountId: 7, channel: 'desk', body: event })
})

test('what is still wanted: an alarm until it is closed, "answered" until the person is safe, the all-clear always', () => {
  const [open, answered, safe] = [alarm(), alarm({ status: 'acknowledged' }), alarm({ status: 'acknowledged', safeAt: 9 })]
  const wanted = (purpose: Purpose) => [open, answered, safe].map((one) => isWanted(delivery({ purpose }), one))
  expect(wanted('alarm')).toEqual([true, false, false])
  expect(wanted('answered')).toEqual([true, true, false])
  expect(wanted('all-clear')).toEqual([true, true, true])
  expect(isWanted(delivery({ alarmId: null }), null)).toBe(true)
})

describe('a delivery that is due', () => {
  const action = (changes: Partial<Delivery>, { wanted = true, canFind = false, now = 0 } = {}) =>
    nextAction(delivery(changes), { wanted, canFind, settings: SETTINGS, now })
  const removed = (state: 'failed' | null) => ({ type: 'change', change: { state, due: 'remove' } })

  test.each([
    ['is sent', {}, {}, { type: 'send' }],
    ['is not sent twice', { state: 'sent' }, {}, removed(null)],
    ['is not kept twice', { state: 'kept' }, {}, removed(null)],
    ['is dropped after "I am safe"', {}, { wanted: false }, removed(null)],
    [
      'is looked for first if it is uncertain and the provider can be searched',
      { state: 'uncertain' },
      { canFind: true },
      { type: 'find' },
    ],
    ['is sent again under the same key otherwise', { state: 'uncertain' }, {}, { type: 'send' }],
    ['gets its first attempt after the deadline, too', {}, { now: DEADLINE + 1 }, { type: 'send' }],
    ['gets its last attempt at the deadline', { attempts: 3 }, { now: DEADLINE }, { type: 'send' }],
    ['fails after the deadline', { attempts: 3 }, { now: DEADLINE + 1 }, removed('failed')],
    ['stays uncertain after the deadline', { attempts: 3, state: 'uncertain' }, { now: DEADLINE + 1 }, removed(null)],
  ] as const)('%s', (_what, changes, circumstances, expected) => {
    expect(action(changes, circumstances)).toEqual(expected)
  })
})

describe('after looking for a message at the provider', () => {
  const looked = (found: boolean | null, wanted = true, now = 0) =>
    afterFinding(delivery({ state: 'uncertain', attempts: 1 }), found, wanted, { settings: SETTINGS, now, random: 1 })

  test.each([
    ['found: it is sent', looked(true), { type: 'change', change: { state: 'sent', due: 'remove' } }],
    ['found after "I am safe": it is sent', looked(true, false), { type: 'change', change: { state: 'sent', due: 'remove' } }],
    ['not found: send it', looked(false), { type: 'send' }],
    ['not found after "I am safe": leave it', looked(false, false), { type: 'change', change: { state: null, due: 'unchanged' } }],
    ['no answer: look again', looked(null), { type: 'change', change: { state: null, due: 5000 } }],
    ['no answer before the deadline: uncertain', looked(null, true, DEADLINE), { type: 'change', change: { state: null, due: 'remove' } }],
  ])('%s', (_what, result, expected) => {
    expect(result).toEqual(expected)
  })
})

describe('after an attempt', () => {
  const attempted = (outcome: Outcome, changes: Partial<Delivery> = {}, { wanted = true, now = 0 } = {}) =>
    afterAttempt(delivery({ attempts: 1, ...changes }), outcome, wanted, { settings: SETTINGS, now, random: 1 })
  const stopped = { wanted: false }
  const late = { now: DEADLINE }

  test.each([
    ['sent', attempted(SENT), 'sent', 'remove'],
    ['sent during "I am safe"', attempted(SENT, { state: 'stopped' }, stopped), 'sent', 'remove'],
    ['kept', attempted({ type: 'kept' }), 'kept', 'remove'],
    ['kept during "I am safe"', attempted({ type: 'kept' }, { state: 'stopped' }, stopped), 'kept', 'remove'],
    ['refused', attempted(REFUSED), 'failed', 'remove'],
    ['refused, uncertain before', attempted(REFUSED, { state: 'uncertain' }), null, 'remove'],
    ['refused during "I am safe"', attempted(REFUSED, { state: 'stopped' }, stopped), null, 'remove'],
    ['retry', attempted(RETRY), null, 5000],
    ['retry, with Retry-After', attempted({ ...RETRY, afterMs: 120_000 }), null, 120_000],
    ['retry during "I am safe"', attempted(RETRY, { state: 'stopped' }, stopped), null, 'unchanged'],
    ['retry, too late', attempted(RETRY, {}, late), 'failed', 'remove'],
    ['retry, too late, uncertain before', attempted(RETRY, { state: 'uncertain' }, late), null, 'remove'],
    ['uncertain', attempted(UNCERTAIN), 'uncertain', 5000],
    ['uncertain during "I am safe"', attempted(UNCERTAIN, { state: 'stopped' }, stopped), 'uncertain', 'unchanged'],
    ['uncertain, too late', attempted(UNCERTAIN, {}, late), 'uncertain', 'remove'],
  ])('%s', (_what, change, state, due) => {
    expect(change).toEqual({ state, due })
  })
})

describe('the steps', () => {
  test('are due after five and fifteen minutes, then every 15 minutes for a day', () => {
    const at: number[] = []
    for (let next = nextStep(SETTINGS, 0, 1, 0); next; next = nextStep(SETTINGS, 0, next.step, next.at)) at.push(next.at / MINUTE)
    expect(at.slice(0, 5)).toEqual([5, 15, 30, 45, 60])
    expect(at).toHaveLength(2 + 96)
    expect(at.at(-1)).toBe(15 + 24 * 60)
  })

  test('notify recipients in the first three, and only the desk in later ones', () => {
    expect([1, 2, 3, 4, 5].map((step) => notifiesRecipients(SETTINGS, step))).toEqual([true, true, true, false, false])
    expect([1, 2].map((step) => notifiesRecipients({ ...SETTINGS, stepsMs: [] }, step))).toEqual([true, false])
  })

  test('keep the planned time between them after a late one', () => {
    expect(nextStep(SETTINGS, 0, 1, 2 * HOUR)).toEqual({ step: 2, at: 2 * HOUR + 5 * MINUTE })
    expect(nextStep(SETTINGS, 0, 2, 12 * MINUTE)).toEqual({ step: 3, at: 15 * MINUTE })
    expect(nextStep(SETTINGS, 0, 4, 25 * HOUR)).toBeNull()
  })
})

test('the retry delay doubles, is random, has a maximum, and is never shorter than Retry-After', () => {
  expect([1, 2, 3, 4].map((attempts) => retryDelay(attempts, 1))).toEqual([5000, 10_000, 20_000, 40_000])
  expect([0, 0.5, 1].map((random) => retryDelay(3, random))).toEqual([10_000, 15_000, 20_000])
  expect(retryDelay(1000, 1)).toBe(15 * MINUTE)
  expect(retryDelay(0, 0)).toBe(2500)
  expect([retryDelay(1, 0, HOUR), retryDelay(20, 1, 1000)]).toEqual([HOUR, 15 * MINUTE])
})

test.each([
  ['+380 50 123-45-67', '+380501234567'],
  ['00380501234567', '+380501234567'],
  ['(555) 123.4567', '5551234567'],
  ['112', '112'],
  ['next door', null],
  ['', null],
  ['12', null],
  ['+1234567890123456', null],
])('%s is dialled as %s', (phone, dialled) => {
  expect(dialable(phone)).toBe(dialled)
})

test('each step uses the next channel of the recipient', () => {
  const steps = [1, 2, 3, 4]
  const all = SETTINGS.channels
  expect(steps.map((step) => channelAt({ email: 'a@b.c', phone: '112' }, step, all))).toEqual(['email', 'sms', 'email', 'sms'])
  expect(steps.map((step) => channelAt({ email: null, phone: '112' }, step, all))).toEqual(['sms', 'sms', 'sms', 'sms'])
  expect(channelAt({ email: null, phone: null }, 1, all)).toBeNull()
})

test('a channel without a provider is used only for a recipient who has no other channel', () => {
  const steps = [1, 2, 3]
  expect(steps.map((step) => channelAt({ email: 'a@b.c', phone: '112' }, step, ['sms']))).toEqual(['sms', 'sms', 'sms'])
  expect(steps.map((step) => channelAt({ email: 'a@b.c', phone: null }, step, ['sms']))).toEqual(['email', 'email', 'email'])
  expect(steps.map((step) => channelAt({ email: 'a@b.c', phone: '112' }, step, []))).toEqual(['email', 'sms', 'email'])
})
