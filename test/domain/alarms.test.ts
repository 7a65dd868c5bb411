import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { settingsFrom } from '../../src/env.ts'
import index from '../../src/index.ts?raw'
import configuration from '../../wrangler.toml?raw'
import { MINUTE, SETTINGS } from '../support/alarm-settings.ts'

/** Local development, production and staging. */
const CONFIGURATIONS = 3

test('the cron expression in the code equals the one in the configuration', () => {
  const [constant] = /'\*\/\d+ \* \* \* \*'/.exec(index) ?? []
  expect(constant).toBeDefined()
  expect(configuration.split(`"${constant?.slice(1, -1)}"`)).toHaveLength(1 + CONFIGURATIONS)
})

describe('the settings', () => {
  test('have the documented defaults', () => {
    const { alarm, carriers } = settingsFrom(env)
    expect(alarm).toEqual(SETTINGS)
    expect(carriers).toEqual({ timeoutMs: 10_000, email: null, sms: null, webhook: null })
  })

  const EMAIL = { EMAIL_FROM: 'a@b.c', EMAIL_API_KEY: 'k' }
  const SMS = { SMS_ACCOUNT_SID: 'AC1', SMS_AUTH_TOKEN: 't', SMS_FROM: '+1' }

  test.each([
    ['none', {}, []],
    ['an e-mail provider', EMAIL, ['email']],
    ['an SMS provider', SMS, ['sms']],
    ['both', { ...EMAIL, ...SMS }, ['email', 'sms']],
    ['the outbox as the channel', { OUTBOX_IS_CHANNEL: 'true' }, ['email', 'sms']],
  ])('name the channels that can be used: %s', (_what, changes, channels) => {
    const { alarm } = settingsFrom({ ...env, OUTBOX_IS_CHANNEL: 'false', ...changes })
    expect([alarm.channels, alarm.outboxIsChannel]).toEqual([channels, 'OUTBOX_IS_CHANNEL' in changes])
  })

  test('without a channel write a warning at the start of an isolate, and only once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const production = { ...env, OUTBOX_IS_CHANNEL: 'false' }
    for (const settings of [env, { ...production, ...EMAIL }]) createContext({ ...settings }, { waitUntil: () => {} })
    expect(warn).not.toHaveBeenCalled()
    for (const _request of [1, 2]) createContext(production, { waitUntil: () => {} })
    expect(warn.mock.calls.map(([line]) => JSON.parse(line).warning)).toEqual([expect.stringContaining('no e-mail or SMS provider')])
    warn.mockRestore()
  })

  test('the outbox is the channel in development, and not in production and staging', () => {
    expect([...configuration.matchAll(/^OUTBOX_IS_CHANNEL = "(\w+)"$/gm)].map(([, value]) => value)).toEqual(['true', 'false', 'false'])
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
