import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { channelAt, dialable } from '../../src/domain/alarms/channels.ts'
import { type AlarmSettings, nextStep, notifiesRecipients, retryDelay } from '../../src/domain/alarms/schedule.ts'
import { settingsFrom } from '../../src/env.ts'
import index from '../../src/index.ts?raw'
import configuration from '../../wrangler.toml?raw'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const SETTINGS: AlarmSettings = {
  dedupeMs: 30_000,
  cancelMs: 0,
  stepsMs: [5 * MINUTE, 15 * MINUTE],
  remindEveryMs: 15 * MINUTE,
  remindForMs: 24 * HOUR,
  retryForMs: 24 * HOUR,
}

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
  expect(steps.map((step) => channelAt({ email: 'a@b.c', phone: '112' }, step))).toEqual(['email', 'sms', 'email', 'sms'])
  expect(steps.map((step) => channelAt({ email: null, phone: '112' }, step))).toEqual(['sms', 'sms', 'sms', 'sms'])
  expect(channelAt({ email: null, phone: null }, 1)).toBeNull()
})

test('the cron expression in the code equals the one in the configuration', () => {
  const [constant] = /'\*\/\d+ \* \* \* \*'/.exec(index) ?? []
  expect(constant).toBeDefined()
  expect(configuration.split(`"${constant?.slice(1, -1)}"`)).toHaveLength(3)
})

describe('the settings', () => {
  test('have the documented defaults', () => {
    const { alarm, carriers } = settingsFrom(env)
    expect(alarm).toEqual(SETTINGS)
    expect(carriers).toEqual({ timeoutMs: 10_000, email: null, sms: null, webhook: null })
  })

  test.each([
    [{ EMAIL_API_KEY: 'k' }, /EMAIL_FROM/],
    [{ EMAIL_FROM: 'a@b.c' }, /EMAIL_FROM requires/],
    [{ SMS_ACCOUNT_SID: 'AC1', SMS_FROM: '+1' }, /SMS_AUTH_TOKEN/],
    [{ ALARM_WEBHOOK_URL: 'https://x.test', ALARM_WEBHOOK_SECRET: 'short' }, /ALARM_WEBHOOK_SECRET/],
    [{ ASSISTANT_URL: 'https://x.test' }, /ASSISTANT_MODEL/],
    [{ ASSISTANT_MODEL: '@cf/some/model' }, /AI binding/],
  ])('an incomplete provider (%j) throws at start-up', (changes, message) => {
    expect(() => createContext({ ...env, ...changes }, { waitUntil: () => {} })).toThrow(message)
  })

  test('of complete providers are accepted', () => {
    const { carriers, alarm } = settingsFrom({
      ...env,
      EMAIL_API_KEY: 'k',
      EMAIL_FROM: 'a@b.c',
      EMAIL_API_URL: 'http://localhost:1/',
      SMS_ACCOUNT_SID: 'AC1',
      SMS_AUTH_TOKEN: 't',
      SMS_FROM: '+1',
      ALARM_WEBHOOK_URL: 'https://x.test/y',
      ALARM_WEBHOOK_SECRET: 'a secret of sixteen',
      ALARM_STEP_MINUTES: '10, 2,x',
      ALARM_CANCEL_SECONDS: '20',
    })
    expect(carriers).toEqual({
      timeoutMs: 10_000,
      email: { from: 'a@b.c', key: 'k', url: 'http://localhost:1' },
      sms: { account: 'AC1', token: 't', from: '+1', url: 'https://api.twilio.com' },
      webhook: { url: 'https://x.test/y', secret: 'a secret of sixteen' },
    })
    expect([alarm.stepsMs, alarm.cancelMs]).toEqual([[2 * MINUTE, 10 * MINUTE], 20_000])
  })
})
