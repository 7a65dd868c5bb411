import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import documentation from '../docs/settings.md?raw'
import { createContext } from '../src/compose.ts'
import { settingsFrom, settingsSchema, type Variables } from '../src/env.ts'
import type { ContractName } from '../src/model/contract.ts'
import { numberingsOf } from '../src/model/contract-numbers.ts'
import type { Settings } from '../src/model/settings.ts'
import { hoursInWords } from '../src/model/support-hours.ts'
import { DAY, MINUTE, SECOND } from '../src/model/time.ts'
import configuration from '../wrangler.toml?raw'

type Name = keyof Variables

const JWT_SECRET = 'x'.repeat(32)

const settingsOf = (variables: Partial<Variables> = {}): Settings => settingsFrom({ JWT_SECRET, ...variables })

/** Without the check of types: wrangler.toml can contain any value. */
const settingsOfAny = (variables: object): Settings => settingsFrom({ JWT_SECRET, ...variables })

interface NumberSetting {
  readonly name: Name
  readonly from: (settings: Settings) => number
  readonly defaultValue: number
  readonly min: number
  /** How much of the setting's unit the core counts as one. */
  readonly unit: number
}

const NUMBERS: readonly NumberSetting[] = [
  { name: 'TOKEN_DAYS', from: ({ lifetimes }) => lifetimes.token, defaultValue: 30, min: 0, unit: DAY },
  { name: 'SESSION_DAYS', from: ({ lifetimes }) => lifetimes.session, defaultValue: 14, min: 0, unit: DAY },
  { name: 'ACCESS_MINUTES', from: ({ lifetimes }) => lifetimes.access, defaultValue: 60, min: 0, unit: MINUTE },
  { name: 'REFRESH_DAYS', from: ({ lifetimes }) => lifetimes.refresh, defaultValue: 7, min: 0, unit: DAY },
  { name: 'LOGIN_FAILURES', from: ({ loginLock }) => loginLock.failures, defaultValue: 10, min: 0, unit: 1 },
  { name: 'LOGIN_WINDOW_MINUTES', from: ({ loginLock }) => loginLock.windowMs, defaultValue: 15, min: 0, unit: MINUTE },
  { name: 'LOGIN_LOCK_SECONDS', from: ({ loginLock }) => loginLock.firstMs, defaultValue: 60, min: 0, unit: SECOND },
  { name: 'LOGIN_SLOWDOWN_MS', from: ({ loginLock }) => loginLock.slowdownMs, defaultValue: 100, min: 0, unit: 1 },
  { name: 'LOGIN_FAILURE_RESPONSE_MS', from: ({ loginLock }) => loginLock.failureResponseMs, defaultValue: 2000, min: 0, unit: 1 },
  { name: 'LOGIN_NETWORK_FAILURES', from: ({ loginLock }) => loginLock.networkFailures, defaultValue: 1000, min: 0, unit: 1 },
  { name: 'CHAT_BURST', from: ({ chat }) => chat.burst, defaultValue: 30, min: 1, unit: 1 },
  { name: 'CHAT_PER_SECOND', from: ({ chat }) => chat.perSecond, defaultValue: 2, min: 0.1, unit: 1 },
  { name: 'CHAT_HOLDER_MINUTES', from: ({ holderSilenceMs }) => holderSilenceMs, defaultValue: 10, min: 1, unit: MINUTE },
  { name: 'SUPPORT_REPLY_MINUTES', from: ({ support }) => support.announceReplyMs, defaultValue: 5, min: 0, unit: MINUTE },
  { name: 'AUDIT_DAYS', from: ({ retention }) => retention.auditMs, defaultValue: 365, min: 30, unit: DAY },
  { name: 'OUTBOX_DAYS', from: ({ retention }) => retention.outboxMs, defaultValue: 90, min: 1, unit: DAY },
  { name: 'ALARM_MESSAGE_DAYS', from: ({ retention }) => retention.alarmMessagesMs, defaultValue: 365, min: 7, unit: DAY },
  { name: 'DESK_ALARM_DAYS', from: ({ retention }) => retention.deskAlarmsMs, defaultValue: 365, min: 7, unit: DAY },
  { name: 'CLOSED_ACCOUNT_DAYS', from: ({ retention }) => retention.closedAccountsMs, defaultValue: 0, min: 0, unit: DAY },
  { name: 'ALARM_CANCEL_SECONDS', from: ({ alarm }) => alarm.cancelMs, defaultValue: 0, min: 0, unit: SECOND },
  { name: 'ALARM_REMINDER_MINUTES', from: ({ alarm }) => alarm.remindEveryMs, defaultValue: 15, min: 1, unit: MINUTE },
  { name: 'UPSTREAM_TIMEOUT_SECONDS', from: ({ upstreamTimeoutMs }) => upstreamTimeoutMs, defaultValue: 30, min: 1, unit: SECOND },
  { name: 'CARRIER_TIMEOUT_SECONDS', from: ({ carriers }) => carriers.timeoutMs, defaultValue: 10, min: 0, unit: SECOND },
  { name: 'ASSISTANT_TIMEOUT_SECONDS', from: ({ assistant }) => assistant.timeoutMs, defaultValue: 20, min: 0, unit: SECOND },
]

interface TextSetting {
  readonly name: Name
  /** As an operator would write it; null if there is none. */
  readonly defaultValue: string | null
  readonly from: (settings: Settings) => unknown
  /** What else has to be set. */
  readonly with?: Partial<Variables>
  readonly examples: readonly (readonly [value: string | undefined, setting: unknown])[]
}

const SMS = { SMS_ACCOUNT_SID: 'AC1', SMS_AUTH_TOKEN: 't', SMS_FROM: '+1' }
const VAPID = {
  VAPID_PUBLIC_KEY: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  VAPID_PRIVATE_KEY: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  VAPID_SUBJECT: 'mailto:operator@example.com',
}
const PUSH_ORIGINS =
  'https://fcm.googleapis.com,https://updates.push.services.mozilla.com,https://*.push.apple.com,https://*.notify.windows.com'
const WEBHOOK = { ALARM_WEBHOOK_URL: 'https://x.test/y/', ALARM_WEBHOOK_SECRET: 's'.repeat(16) }

const upstreamSetting = (name: keyof Variables, contract: ContractName): TextSetting => ({
  name,
  defaultValue: null,
  from: ({ upstreams }) => upstreams?.[contract],
  examples: [
    [undefined, undefined],
    ['', undefined],
    ['own', undefined],
    ['proxy https://old.example.com', { mode: 'proxy', origin: 'https://old.example.com' }],
    ['shadow http://127.0.0.1:8000', { mode: 'shadow', origin: 'http://127.0.0.1:8000' }],
  ],
})

/** All text settings except JWT_SECRET, which has tests of its own. */
const TEXTS: readonly TextSetting[] = [
  {
    name: 'JWT_SECRET_PREVIOUS',
    defaultValue: null,
    from: ({ jwtSecretPrevious }) => jwtSecretPrevious,
    examples: [
      [undefined, null],
      ['', null],
      ['p', 'p'],
    ],
  },
  {
    name: 'FORMER_JWT_SECRET',
    defaultValue: null,
    from: ({ formerJwtSecret }) => formerJwtSecret,
    examples: [
      [undefined, null],
      ['', null],
      ['a key of a former server, long enough', 'a key of a former server, long enough'],
    ],
  },
  {
    name: 'JURISDICTION',
    defaultValue: null,
    from: ({ jurisdiction }) => jurisdiction,
    examples: [
      [undefined, null],
      ['', null],
      ['eu', 'eu'],
      ['fedramp', 'fedramp'],
    ],
  },
  upstreamSetting('UPSTREAM_FACILITY', 'facility'),
  upstreamSetting('UPSTREAM_MATRIMONY', 'matrimony'),
  upstreamSetting('UPSTREAM_MEETUPS', 'meetups'),
  upstreamSetting('UPSTREAM_MINDHARMONY', 'mindharmony'),
  upstreamSetting('UPSTREAM_RECOVERY', 'recovery'),
  {
    name: 'FORMER_IDS',
    defaultValue: null,
    from: ({ numbers }) => numbers,
    examples: [
      [undefined, numberingsOf({})],
      ['', numberingsOf({})],
      ['recovery:59', numberingsOf({ recovery: 59 })],
      [' facility : 62,mindharmony:58, ', numberingsOf({ facility: 62, mindharmony: 58 })],
    ],
  },
  {
    name: 'JWT_ISSUER',
    defaultValue: 'concord',
    from: ({ jwtIssuer }) => jwtIssuer,
    examples: [
      [undefined, 'concord'],
      ['', ''],
      ['elsewhere', 'elsewhere'],
    ],
  },
  {
    name: 'ALLOWED_ORIGINS',
    defaultValue: '*',
    from: ({ allowedOrigins }) => allowedOrigins,
    examples: [
      [undefined, 'any'],
      ['*', 'any'],
      ['https://a.test, * ', 'any'],
      ['', new Set()],
      [' , ', new Set()],
      ['https://a.test/, https://b.test', new Set(['https://a.test', 'https://b.test'])],
    ],
  },
  {
    name: 'PUBLIC_URL',
    defaultValue: null,
    from: ({ publicUrl }) => publicUrl,
    examples: [
      [undefined, null],
      ['', null],
      ['https://help.example/', 'https://help.example'],
      ['http://localhost:8787', 'http://localhost:8787'],
    ],
  },
  {
    name: 'SUPPORT_HOURS',
    defaultValue: null,
    from: ({ support }) => support.hours && hoursInWords(support.hours),
    examples: [
      [undefined, null],
      ['', null],
      ['Mon-Fri 09:00-17:00 Europe/Berlin', 'Monday to Friday 09:00–17:00 (time in Europe/Berlin)'],
    ],
  },
  {
    name: 'HEARTBEAT_URL',
    defaultValue: null,
    from: ({ heartbeatUrl }) => heartbeatUrl,
    examples: [
      [undefined, null],
      ['', null],
      ['https://monitor.example/ping/1?a=b', 'https://monitor.example/ping/1?a=b'],
    ],
  },
  {
    name: 'SERVER_TIMING',
    defaultValue: 'false',
    from: ({ showsServerTiming }) => showsServerTiming,
    examples: [
      [undefined, false],
      ['', false],
      ['true', true],
      ['1', false],
    ],
  },
  {
    name: 'READ_REPLICAS',
    defaultValue: 'false',
    from: ({ readReplicas }) => readReplicas,
    examples: [
      [undefined, false],
      ['', false],
      ['true', true],
      ['1', false],
    ],
  },
  {
    name: 'REQUIRE_STAFF_PASSKEY',
    defaultValue: 'false',
    from: ({ requireStaffPasskey }) => requireStaffPasskey,
    with: { PUBLIC_URL: 'https://help.example' },
    examples: [
      [undefined, false],
      ['', false],
      ['true', true],
      ['yes', false],
    ],
  },
  {
    name: 'MATCH_LISTS',
    defaultValue: 'false',
    from: ({ matchLists }) => matchLists,
    examples: [
      [undefined, false],
      ['', false],
      ['true', true],
      ['True', false],
      ['1', false],
    ],
  },
  {
    name: 'ALARM_STEP_MINUTES',
    defaultValue: '5,15',
    from: ({ alarm }) => alarm.stepsMs,
    examples: [
      [undefined, [5 * MINUTE, 15 * MINUTE]],
      ['', []],
      ['none', []],
      ['15, x, 0.5, 0, -1, Infinity', [MINUTE / 2, 15 * MINUTE]],
    ],
  },
  {
    name: 'ESCALATION',
    defaultValue: null,
    from: ({ escalation }) => escalation,
    with: { PUBLIC_URL: 'https://help.example' },
    examples: [
      [undefined, []],
      ['', []],
      ['[]', []],
      ['[{"after": 5, "staff": ["alex"]}]', [{ afterMs: 5 * MINUTE, staff: ['alex'], hours: null, webhook: null }]],
    ],
  },
  {
    name: 'OUTBOX_IS_CHANNEL',
    defaultValue: 'false',
    from: ({ alarm }) => alarm.outboxIsChannel,
    examples: [
      [undefined, false],
      ['', false],
      ['true', true],
      ['True', false],
    ],
  },
  ...(['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'] as const).map((name) => ({
    name,
    defaultValue: null,
    from: ({ push }: Settings) => push && Object.values(push).includes(VAPID[name]),
    with: VAPID,
    examples: [[VAPID[name], true]] as const,
  })),
  {
    name: 'PUSH_ORIGINS',
    defaultValue: PUSH_ORIGINS,
    from: ({ push }) => push?.origins.join(),
    with: VAPID,
    examples: [
      [undefined, PUSH_ORIGINS],
      ['https://push.test/, https://*.push.test', 'https://push.test,https://*.push.test'],
      ['http://localhost:9000', 'http://localhost:9000'],
    ],
  },
  {
    name: 'EMAIL_FROM',
    defaultValue: null,
    from: ({ carriers }) => carriers.email,
    examples: [
      [undefined, null],
      ['', null],
      ['a@b.test', { from: 'a@b.test', key: null, url: 'https://api.resend.com' }],
    ],
  },
  {
    name: 'EMAIL_API_KEY',
    defaultValue: null,
    from: ({ carriers }) => carriers.email?.key,
    with: { EMAIL_FROM: 'a@b.test' },
    examples: [
      [undefined, null],
      ['', null],
      ['k', 'k'],
    ],
  },
  {
    name: 'EMAIL_API_URL',
    defaultValue: 'https://api.resend.com',
    from: ({ carriers }) => carriers.email?.url,
    with: { EMAIL_FROM: 'a@b.test' },
    examples: [
      [undefined, 'https://api.resend.com'],
      ['', 'https://api.resend.com'],
      ['https://x.test/', 'https://x.test'],
    ],
  },
  {
    name: 'SMS_ACCOUNT_SID',
    defaultValue: null,
    from: ({ carriers }) => carriers.sms,
    with: { SMS_AUTH_TOKEN: 't', SMS_FROM: '+1' },
    examples: [['AC1', { account: 'AC1', token: 't', from: '+1', url: 'https://api.twilio.com' }]],
  },
  { name: 'SMS_AUTH_TOKEN', defaultValue: null, from: ({ carriers }) => carriers.sms?.token, with: SMS, examples: [['u', 'u']] },
  { name: 'SMS_FROM', defaultValue: null, from: ({ carriers }) => carriers.sms?.from, with: SMS, examples: [['+2', '+2']] },
  {
    name: 'SMS_API_URL',
    defaultValue: 'https://api.twilio.com',
    from: ({ carriers }) => carriers.sms?.url,
    with: SMS,
    examples: [
      [undefined, 'https://api.twilio.com'],
      ['', 'https://api.twilio.com'],
      ['https://x.test/', 'https://x.test'],
    ],
  },
  {
    name: 'ALARM_WEBHOOK_URL',
    defaultValue: null,
    from: ({ carriers }) => carriers.webhook?.url ?? null,
    with: WEBHOOK,
    // The path is the receiver's: unlike a base URL, it keeps its last slash.
    examples: [
      [undefined, null],
      ['', null],
      ['https://x.test/y/', 'https://x.test/y/'],
    ],
  },
  {
    name: 'ALARM_WEBHOOK_SECRET',
    defaultValue: null,
    from: ({ carriers }) => carriers.webhook?.secret,
    with: WEBHOOK,
    examples: [['t'.repeat(16), 't'.repeat(16)]],
  },
  {
    name: 'ASSISTANT_URL',
    defaultValue: null,
    from: ({ assistant }) => assistant.url,
    with: { ASSISTANT_MODEL: 'm' },
    examples: [
      [undefined, null],
      ['', null],
      ['https://x.test/v1/', 'https://x.test/v1'],
    ],
  },
  {
    name: 'ASSISTANT_KEY',
    defaultValue: null,
    from: ({ assistant }) => assistant.key,
    examples: [
      [undefined, null],
      ['', null],
      ['k', 'k'],
    ],
  },
  {
    name: 'ASSISTANT_MODEL',
    defaultValue: null,
    from: ({ assistant }) => assistant.model,
    examples: [
      [undefined, null],
      ['', null],
      ['m', 'm'],
    ],
  },
]

test('every variable is tested below', () => {
  const tested = ['JWT_SECRET', ...NUMBERS.map(({ name }) => name), ...TEXTS.map(({ name }) => name)]
  expect(tested.sort()).toEqual(Object.keys(settingsSchema.def.in.shape).sort())
})

test('what the operator does not set has a default', () => {
  expect(settingsOf()).toEqual({
    jwtSecret: JWT_SECRET,
    jwtSecretPrevious: null,
    formerJwtSecret: null,
    jwtIssuer: 'concord',
    lifetimes: { token: 30 * DAY, session: 14 * DAY, access: 60 * MINUTE, refresh: 7 * DAY },
    maxPasswordWaitMs: 10_000,
    loginLock: {
      failures: 10,
      windowMs: 15 * MINUTE,
      firstMs: MINUTE,
      longestMs: 15 * MINUTE,
      slowdownMs: 100,
      failureResponseMs: 2000,
      networkFailures: 1000,
    },
    requireStaffPasskey: false,
    readReplicas: false,
    matchLists: false,
    upstreams: null,
    upstreamTimeoutMs: 30_000,
    numbers: numberingsOf({}),
    allowedOrigins: 'any',
    publicUrl: null,
    heartbeatUrl: null,
    showsServerTiming: false,
    chat: { burst: 30, perSecond: 2 },
    escalation: [],
    holderSilenceMs: 10 * MINUTE,
    support: { hours: null, announceReplyMs: 5 * MINUTE },
    jurisdiction: null,
    retention: { auditMs: 365 * DAY, alarmMessagesMs: 365 * DAY, deskAlarmsMs: 365 * DAY, closedAccountsMs: 0, outboxMs: 90 * DAY },
    alarm: {
      dedupeMs: 30_000,
      cancelMs: 0,
      stepsMs: [5 * MINUTE, 15 * MINUTE],
      remindEveryMs: 15 * MINUTE,
      remindForMs: DAY,
      retryForMs: DAY,
      channels: [],
      outboxIsChannel: false,
    },
    carriers: { timeoutMs: 10_000, email: null, sms: null, webhook: null },
    push: null,
    assistant: { url: null, key: null, model: null, timeoutMs: 20_000 },
  })
})

describe.each(NUMBERS)('$name', ({ name, from, defaultValue, min, unit }) => {
  const read = (value: unknown) => from(settingsOfAny({ [name]: value }))

  test.each([undefined, '', 'many', '7 days', '1_000', '-1', '-0.5', 'NaN', 'Infinity', '1e400'])(
    '%j is no number of zero or more: the default applies',
    (value) => expect(read(value)).toBe(defaultValue * unit),
  )

  test('below its lowest value, the lowest value applies; there is no highest one', () => {
    expect(read('0')).toBe(min * unit)
    expect(read(`${min / 2}`)).toBe(min * unit)
    expect(read(`${min}`)).toBe(min * unit)
    expect(read(`${min + 0.25}`)).toBe((min + 0.25) * unit)
    expect(read('1e9')).toBe(1e9 * unit)
  })

  test('spaces are ignored, and TOML numbers need no quotes', () => {
    expect(read(` ${min + 7} `)).toBe((min + 7) * unit)
    expect(read(min + 7)).toBe((min + 7) * unit)
    expect(read(0)).toBe(min * unit)
  })
})

describe.each(TEXTS)('$name', ({ name, from, with: others = {}, examples }) => {
  test.each(examples)('%j becomes %j', (value, expected) => {
    expect(from(settingsOfAny({ ...others, [name]: value }))).toEqual(expected)
  })

  test.each([7, true, ['x'], { x: 1 }, null])('%j is rejected, because it is not text', (value) => {
    expect(() => settingsOfAny({ ...others, [name]: value })).toThrow(`${name} must be text: put the value in quotes`)
  })
})

describe('JWT_SECRET', () => {
  const RULE = 'JWT_SECRET is missing or shorter than 32 characters'

  test.each([undefined, null, '', 'a short secret', 'x'.repeat(31), 1e40])('%j is rejected and never replaced', (secret) => {
    expect(() => settingsOfAny({ JWT_SECRET: secret })).toThrow(RULE)
    // fetch, the crons and the Durable Objects all get their settings from here.
    expect(() => createContext(Object.assign({}, env, { JWT_SECRET: secret }), { waitUntil: () => undefined })).toThrow(RULE)
  })

  test('is used as it is', () => {
    for (const secret of [' '.repeat(32), 'y'.repeat(32), 'z'.repeat(1000)])
      expect(settingsOf({ JWT_SECRET: secret }).jwtSecret).toBe(secret)
  })

  test('does not appear in an error message', () => {
    const message = (variables: Partial<Variables>): string => {
      try {
        settingsOf(variables)
      } catch (error) {
        return String(error)
      }
      return 'accepted'
    }
    expect(message({ JWT_SECRET: 'a short secret' })).not.toContain('a short secret')
    expect(message({ ...WEBHOOK, ALARM_WEBHOOK_SECRET: 'hush' })).not.toContain('hush')
  })
})

describe('providers', () => {
  const SMS_RULE = 'SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM must be set together'
  const VAPID_RULE = 'VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT must be set together'
  const VAPID_KEYS_RULE = 'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must be a pair of keys of the curve P-256'
  const ORIGINS_RULE = 'PUSH_ORIGINS must be a list of origins that start with https://'
  const ESCALATION_RULE =
    'ESCALATION must be a JSON list of objects: "after" (minutes), and "staff" (a list of usernames) or "webhook" (a URL); "hours" as in docs/settings.md'
  const UPSTREAM_RULE = 'UPSTREAM_… must be written like `proxy https://old.example.com`: proxy, shadow, adopt or own, and an origin'
  const FORMER_RULE =
    'FORMER_IDS must be written like `recovery:59, facility:62`: a contract, and the first number that its former server has not given out'
  const WEBHOOK_RULE = 'ALARM_WEBHOOK_URL requires an ALARM_WEBHOOK_SECRET of at least 16 characters'

  test.each([
    [{ EMAIL_API_KEY: 'k' }, 'EMAIL_API_KEY requires EMAIL_FROM'],
    [{ EMAIL_API_KEY: 'k', EMAIL_FROM: '' }, 'EMAIL_API_KEY requires EMAIL_FROM'],
    [{ ...SMS, SMS_ACCOUNT_SID: '' }, SMS_RULE],
    [{ ...SMS, SMS_AUTH_TOKEN: '' }, SMS_RULE],
    [{ ...SMS, SMS_FROM: '' }, SMS_RULE],
    [{ SMS_ACCOUNT_SID: 'AC1' }, SMS_RULE],
    [{ SMS_AUTH_TOKEN: 't' }, SMS_RULE],
    [{ SMS_FROM: '+1' }, SMS_RULE],
    [{ ALARM_WEBHOOK_URL: 'https://x.test' }, WEBHOOK_RULE],
    [{ ...WEBHOOK, ALARM_WEBHOOK_SECRET: 's'.repeat(15) }, WEBHOOK_RULE],
    [{ ...VAPID, VAPID_PUBLIC_KEY: '' }, VAPID_RULE],
    [{ ...VAPID, VAPID_PRIVATE_KEY: '' }, VAPID_RULE],
    [{ VAPID_SUBJECT: 'mailto:a@b.test' }, VAPID_RULE],
    [{ ...VAPID, VAPID_PUBLIC_KEY: 'x' }, VAPID_KEYS_RULE],
    [{ ...VAPID, VAPID_PRIVATE_KEY: VAPID.VAPID_PUBLIC_KEY }, VAPID_KEYS_RULE],
    [{ ...VAPID, VAPID_SUBJECT: 'operator@example.com' }, 'VAPID_SUBJECT must start with mailto: or https:'],
    [{ PUSH_ORIGINS: 'push.test' }, ORIGINS_RULE],
    [{ PUSH_ORIGINS: 'https://push.test,http://10.0.0.1' }, ORIGINS_RULE],
    [{ UPSTREAM_RECOVERY: 'https://old.example.com' }, UPSTREAM_RULE],
    [{ UPSTREAM_MEETUPS: 'proxy http://old.example.com' }, UPSTREAM_RULE],
    [{ FORMER_IDS: 'recovery' }, FORMER_RULE],
    [{ FORMER_IDS: 'meetups:5' }, FORMER_RULE],
    [{ FORMER_IDS: 'recovery:0' }, FORMER_RULE],
    [{ FORMER_IDS: 'recovery:268435457' }, FORMER_RULE],
    [{ FORMER_IDS: 'recovery:5, recovery:6' }, FORMER_RULE],
    [{ PUBLIC_URL: 'help.example' }, 'PUBLIC_URL must be an address that begins with https:// or http://'],
    [{ PUBLIC_URL: 'https://help.example/path' }, 'PUBLIC_URL must be an address that begins with https:// or http://'],
    [{ ESCALATION: 'alex', PUBLIC_URL: 'https://help.example' }, ESCALATION_RULE],
    [{ FORMER_JWT_SECRET: 's'.repeat(31) }, 'FORMER_JWT_SECRET must have at least 32 characters'],
    [{ ESCALATION: '[{"after": 5, "staff": ["alex"]}]' }, 'ESCALATION requires PUBLIC_URL'],
    [{ REQUIRE_STAFF_PASSKEY: 'true' }, 'REQUIRE_STAFF_PASSKEY requires PUBLIC_URL, the address that passkeys are bound to'],
    [
      { ESCALATION: '[{"after": 5, "webhook": "https://x.test"}]', PUBLIC_URL: 'https://help.example' },
      'A webhook in ESCALATION requires ALARM_WEBHOOK_URL, whose secret signs its requests',
    ],
    [{ ASSISTANT_URL: 'https://x.test' }, 'ASSISTANT_URL requires ASSISTANT_MODEL'],
    [{ ASSISTANT_URL: '/', ASSISTANT_MODEL: '' }, 'ASSISTANT_URL requires ASSISTANT_MODEL'],
  ])('%j is rejected', (variables, message) => {
    expect(() => settingsOf(variables)).toThrow(new Error(message))
  })

  test('a secret or a URL without the rest of its provider changes nothing', () => {
    expect(settingsOf({ ALARM_WEBHOOK_SECRET: 's', EMAIL_API_URL: 'https://x.test', SMS_API_URL: 'https://x.test' })).toEqual(settingsOf())
  })
})

test('SUPPORT_HOURS in another form stops the start', () => {
  for (const hours of ['always', 'Mon-Fri 9-17 Europe/Berlin', 'Mon-Fri 09:00-17:00 Europe/Atlantis']) {
    expect(() => settingsOf({ SUPPORT_HOURS: hours })).toThrow(
      new Error('SUPPORT_HOURS must be written like `Mon-Fri 09:00-17:00, Sat 10:00-14:00 Europe/Berlin`'),
    )
  }
})

describe('docs/settings.md', () => {
  const rows = new Map(
    [...documentation.matchAll(/^\| `([A-Z_]+)` +\| ([^|]+?) +\| ([^|]+?) +\|/gm)].map(([, name = '', defaultValue, min]) => [
      name,
      { defaultValue: defaultValue?.replaceAll('`', ''), min },
    ]),
  )

  test('lists every variable', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(settingsSchema.def.in.shape).sort())
  })

  test.each(NUMBERS)('has the default and the lowest value of $name', ({ name, defaultValue, min }) => {
    expect(rows.get(name)).toEqual({ defaultValue: `${defaultValue}`, min: `${min}` })
  })

  test.each(TEXTS)('has the default of $name', ({ name, from, with: others = {}, defaultValue }) => {
    expect(rows.get(name)).toEqual({ defaultValue: defaultValue ?? '–', min: '–' })
    const { [name]: _, ...rest } = others
    if (defaultValue !== null) expect(from(settingsOf({ ...rest, [name]: defaultValue }))).toEqual(from(settingsOf(rest)))
  })
})

describe('wrangler.toml', () => {
  const blocks = [...configuration.matchAll(/^\[((?:env\.\w+\.)?vars)\]\n((?:[^[\n].*\n)*)/gm)].map(([, header, body = '']) => ({
    header,
    vars: Object.fromEntries([...body.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name = '', value = '']) => [name, value])),
    assignments: body.match(/^[^#\n]*=/gm)?.length,
  }))

  /** What local development sets to another value than the default. */
  const LOCAL: Partial<Variables> = { OUTBOX_IS_CHANNEL: 'true', SERVER_TIMING: 'true', LOGIN_NETWORK_FAILURES: '100000' }

  test('sets variables of the schema only, to their defaults in production, and locally but for a named list', () => {
    expect(blocks.map(({ header }) => header)).toEqual(['vars', 'env.production.vars', 'env.staging.vars'])
    for (const { header, vars, assignments } of blocks) {
      const differences = header === 'vars' ? LOCAL : {}
      expect(assignments).toBe(Object.keys(vars).length)
      expect(Object.keys(settingsSchema.def.in.shape)).toEqual(expect.arrayContaining(Object.keys(vars)))
      expect(settingsOfAny(vars)).toEqual(settingsOf(differences))
      expect(vars).toMatchObject(differences)
      for (const [name, value] of Object.entries(vars)) {
        const setting = [...TEXTS, ...NUMBERS].find((candidate) => candidate.name === name)
        if (!(name in differences)) expect(String(setting?.defaultValue)).toBe(value)
      }
    }
  })

  test('has the rate limits of docs/settings.md', () => {
    const limits = [...configuration.matchAll(/^simple = \{ limit = (\d+), period = 60 \}$/gm)].map(([, limit]) => Number(limit))
    const [, address, network, local] =
      /(\S+) requests per minute from one address and (\S+) from its wider network in production, (\S+) each in local development/.exec(
        documentation,
      ) ?? []
    // Staging has the limits of production.
    expect(limits).toEqual([local, local, address, network, address, network].map((limit) => Number(limit?.replace(',', ''))))
  })

  test('contains no secret', () => {
    for (const { vars } of blocks) for (const name of Object.keys(vars)) expect(name).not.toMatch(/SECRET|KEY|TOKEN/)
  })
})
