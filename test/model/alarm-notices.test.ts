import { describe, expect, test } from 'vitest'
import type { Alarm, AlarmSettings, Delivery, DeliveryState } from '../../src/model/alarm.ts'
import { planStep } from '../../src/model/alarm-machine.ts'
import { planNotices } from '../../src/model/alarm-notices.ts'
import { SETTINGS } from '../support/alarm-settings.ts'

const ALARM: Alarm = {
  accountId: 7,
  username: 'sam',
  displayName: 'Sam',
  location: 'Kyiv',
  scenario: 'Pattern 2',
  recipients: [
    { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' },
    { key: 'contact-11', name: 'Bob', relationship: 'friend', email: null, phone: '+1556' },
  ],
  messages: [],
  alarmId: '6740e2bc8d390fe44b0f398f',
  triggeredAt: Date.UTC(2026, 10, 20, 18, 5),
  startsAt: 0,
  status: 'acknowledged',
  acknowledgedAt: 9,
  acknowledgedBy: 'sam',
  safeAt: 9,
}

const ANSWERED: Alarm = { ...ALARM, acknowledgedBy: 'rosa', safeAt: null }

/** The deliveries of these steps, with the state of each by its recipient. */
const deliveries = (steps: readonly number[], states: Readonly<Record<string, DeliveryState>>): Delivery[] =>
  steps
    .flatMap((step) => planStep(ALARM, step, { settings: SETTINGS, hasWebhook: true, now: 0 }).deliveries)
    .map((planned) => ({ ...planned, body: '', attempts: 1, state: states[planned.recipient] ?? 'pending' }))

const plan = (alarm: Alarm, told: readonly Delivery[], settings: AlarmSettings = SETTINGS) =>
  planNotices(alarm, told, { settings, now: 10 })

/** `[recipient, channel, address]` of each notice. */
const summary = (alarm: Alarm, told: readonly Delivery[], settings?: AlarmSettings) =>
  plan(alarm, told, settings).map(({ recipient, channel, address }) => [recipient, channel, address])

describe('when the person is safe', () => {
  test('everybody who was told gets one all-clear by each channel by which they were told', () => {
    const told = deliveries([1, 2, 3], { Ann: 'sent', Bob: 'sent' })
    expect(summary(ALARM, told)).toEqual([
      ['Ann', 'email', 'ann@example.com'],
      ['Ann', 'sms', '+1555'],
      ['Bob', 'sms', '+1556'],
    ])
    expect(plan(ALARM, told).map(({ id }) => id.replace(ALARM.alarmId, ''))).toEqual([
      '.contact-1.email.all-clear',
      '.contact-1.sms.all-clear',
      '.contact-11.sms.all-clear',
    ])
  })

  const PRODUCTION = { ...SETTINGS, outboxIsChannel: false }
  const WITHOUT_EMAIL = { ...PRODUCTION, channels: ['sms'] as const }

  test.each([
    ['sent', 1, SETTINGS],
    ['uncertain', 1, SETTINGS],
    ['uncertain', 1, PRODUCTION],
    ['uncertain', 0, WITHOUT_EMAIL],
    ['kept', 1, SETTINGS],
    ['kept', 0, PRODUCTION],
    ['pending', 0, SETTINGS],
    ['failed', 0, SETTINGS],
    ['stopped', 0, SETTINGS],
    ['withheld', 0, SETTINGS],
  ] as const)('after a delivery that is %s: %i all-clear', (state, count, settings) => {
    expect(summary(ALARM, deliveries([1], { Ann: state }), settings)).toHaveLength(count)
  })

  test('a person who was told by one of two channels gets no all-clear by the other', () => {
    const told = deliveries([1, 2], {}).map((one) => (one.recipient === 'Ann' && one.step === 2 ? { ...one, state: 'sent' as const } : one))
    expect(summary(ALARM, told)).toEqual([['Ann', 'sms', '+1555']])
  })

  test('the texts name the person and the time, and say that nothing more is to be done', () => {
    const [email, , sms] = plan(ALARM, deliveries([1, 2], { Ann: 'sent', Bob: 'sent' }))
    expect(email).toMatchObject({ purpose: 'all-clear', step: 0, subject: 'Sam is safe: the alarm is over' })
    expect(email?.body).toContain('Sam says that they are safe. The alarm that they set off on 20 November 2026 at 18:05 UTC is over.')
    expect(sms?.body).toBe('Sam says that they are safe. The alarm of 20 November 2026 at 18:05 UTC is over. Ref 0f398f-S')
  })

  test('the desk and the webhook are notified if staff had acknowledged the alarm before, and had been notified of it', () => {
    const told = deliveries([1], { 'Support desk': 'sent' })
    const safe = { ...ANSWERED, safeAt: 10 }
    expect(plan(ALARM, told)).toEqual([])
    expect(plan(safe, deliveries([1], { 'Support desk': 'stopped' }))).toEqual([])
    expect(plan(safe, told).map(({ id, alarmId, body }) => [id.split('.').slice(1).join('.'), alarmId, body])).toEqual([
      ['desk.safe', null, expect.objectContaining({ status: 'acknowledged', acknowledgedBy: 'sam' })],
      ['webhook.safe', null, expect.objectContaining({ status: 'acknowledged', acknowledgedBy: 'sam' })],
    ])
  })
})

describe('when staff acknowledge the alarm', () => {
  test('those who were told are told that it is answered, and not that the person is safe', () => {
    const notices = plan(ANSWERED, deliveries([1], { Ann: 'sent', Bob: 'failed', 'Support desk': 'sent' }))
    expect(notices.map(({ recipient, channel, purpose }) => [recipient, channel, purpose])).toEqual([['Ann', 'email', 'answered']])
    expect(notices[0]).toMatchObject({ subject: 'The alarm of Sam is being answered' })
    expect(notices[0]?.body).toContain('This does not mean that Sam is safe.')
  })

  test('their notice and the all-clear have keys and references of their own', () => {
    const told = deliveries([2], { Ann: 'sent' })
    const [answered, safe] = [plan(ANSWERED, told)[0], plan(ALARM, told)[0]]
    expect(answered?.id).not.toBe(safe?.id)
    expect(answered?.body).toContain('Ref 0f398f-A')
  })
})

test.each(['open', 'cancelled'] as const)('an alarm that is %s has no notices', (status) => {
  expect(plan({ ...ALARM, status }, deliveries([1], { Ann: 'sent', 'Support desk': 'sent' }))).toEqual([])
})
