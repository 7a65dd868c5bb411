import { describe, expect, test } from 'vitest'
import type { DeskEvent } from '../../src/model/alarm.ts'
import { fromBase64Url, toBase64Url } from '../../src/model/base64url.ts'
import { arePushKeys, isPushEndpoint, isPushOrigin, pushMessageOf } from '../../src/model/push.ts'

const ORIGINS = ['https://push.example', 'https://*.notify.example', 'http://127.0.0.1:9000']

describe('an endpoint', () => {
  test.each([
    'https://push.example/send/abc',
    'https://a.notify.example/x?token=1',
    'https://a.b.notify.example/',
    'http://127.0.0.1:9000/x',
  ])('%s is one', (endpoint) => {
    expect(isPushEndpoint(endpoint, ORIGINS)).toBe(true)
  })

  test.each([
    '',
    'push.example',
    'http://push.example/send/abc',
    'https://push.example:8443/',
    'https://user@push.example/',
    'https://:secret@push.example/',
    'https://push.example.evil.example/',
    'https://evil.example/?https://push.example',
    'https://evil.example#https://push.example',
    'https://notify.example/',
    'https://evilnotify.example/',
    'http://a.notify.example/',
    'https://a.notify.example:444/',
    'https://127.0.0.1:9000/',
    'http://127.0.0.1:9001/',
    'http://localhost:9000/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'ftp://push.example/',
    'javascript:alert(1)',
    `https://push.example/${'x'.repeat(2048)}`,
  ])('%s is none', (endpoint) => {
    expect(isPushEndpoint(endpoint, ORIGINS)).toBe(false)
  })
})

test.each([
  ['https://push.example', true],
  ['https://*.notify.example', true],
  ['https://push.example:8443', true],
  ['http://127.0.0.1:9000', true],
  ['http://localhost:9000', true],
  ['http://push.example', false],
  ['http://10.0.0.1', false],
  ['https://push.example/', false],
  ['https://push.example/path', false],
  ['push.example', false],
  ['*', false],
  ['', false],
])('an origin in the settings: %s is %s', (origin, isOne) => {
  expect(isPushOrigin(origin)).toBe(isOne)
})

test('keys have the length and the form of their kind', () => {
  const p256dh = toBase64Url(Uint8Array.of(4, ...new Uint8Array(64)))
  const auth = toBase64Url(new Uint8Array(16))
  expect(arePushKeys({ p256dh, auth })).toBe(true)
  expect(arePushKeys({ p256dh: p256dh.slice(0, -2), auth })).toBe(false)
  expect(arePushKeys({ p256dh: toBase64Url(new Uint8Array(65)), auth })).toBe(false)
  for (const bad of ['', 'x', `${auth}A`, auth.slice(1), '+'.repeat(22)]) expect(arePushKeys({ p256dh, auth: bad })).toBe(false)
})

test('Base64 of URLs is read back; other text is none', () => {
  for (let length = 1; length < 20; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length))
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
    expect(toBase64Url(bytes)).toMatch(/^[\w-]+$/)
  }
  for (const text of ['', 'a', 'abcde', 'a+b/', 'ab==', 'a b']) expect(fromBase64Url(text)).toBeNull()
})

test('a message holds neither a name nor anything about the health of a person', () => {
  const alarm = {
    type: 'alarm',
    accountId: 7,
    username: 'zebrafinch',
    alarmId: 'an alarm',
    step: 1,
    scenario: 'zebrafinch',
    location: 'zebrafinch',
    triggeredAt: 1,
    acknowledgedBy: 'zebrafinch',
  } as const
  const events: DeskEvent[] = [
    { ...alarm, status: 'open' },
    { ...alarm, status: 'acknowledged' },
    { type: 'crisis', accountId: 7, username: 'zebrafinch', at: 1 },
  ]
  const messages = events.map((event) => pushMessageOf(event, 'key'))
  expect(messages).toMatchObject([
    { tag: 'an alarm', silent: false },
    { tag: 'an alarm', silent: true },
    { tag: 'crisis-key', silent: false },
  ])
  expect(JSON.stringify(messages)).not.toMatch(/zebrafinch|7/)
  expect(pushMessageOf({ ...alarm, status: 'cancelled' }, 'key')).toBeNull()
})
