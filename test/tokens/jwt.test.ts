import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createTokens, type NewToken } from '../../src/tokens/jwt.ts'

const SECRET = 'a secret that is long enough for this'
const OTHER = 'another secret, from before or from elsewhere'
const NOW = Date.UTC(2026, 10, 20, 12)
const MINUTE = 60_000

const tokens = createTokens({ secret: SECRET, previousSecret: null, formerSecret: null, issuer: 'concord' })
const id = (digit: string): string => digit.repeat(32)

const token = (changes: Partial<NewToken> = {}): NewToken => ({
  type: 'token',
  id: id('a'),
  accountId: 7,
  credentialId: id('a'),
  expiresAt: NOW + 60 * MINUTE,
  userId: null,
  ...changes,
})

const payloadOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))

/** A hand-made token with any claims, signed with any key. */
const forge = (claims: Record<string, unknown>, { secret = SECRET, header = { alg: 'HS256', typ: 'JWT' } } = {}): Promise<string> =>
  new SignJWT({ token_type: 'token', iss: 'concord', sub: '7', jti: id('a'), iat: NOW / 1000, exp: NOW / 1000 + 3600, ...claims })
    .setProtectedHeader(header)
    .sign(new TextEncoder().encode(secret))

describe('a token', () => {
  test('contains the given claims', async () => {
    const signed = await tokens.sign(token(), NOW)
    expect(JSON.parse(atob(signed.split('.')[0] ?? ''))).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(payloadOf(signed)).toEqual({
      token_type: 'token',
      iss: 'concord',
      sub: '7',
      jti: id('a'),
      iat: NOW / 1000,
      exp: NOW / 1000 + 3600,
    })
    expect(await tokens.verify(signed, NOW)).toEqual({
      type: 'token',
      id: id('a'),
      accountId: 7,
      credentialId: id('a'),
      issuedAt: NOW,
      expiresAt: NOW + 60 * MINUTE,
    })
  })

  test('of a pair contains the pair and the user', async () => {
    const access = await tokens.sign(token({ type: 'access', id: id('b'), credentialId: id('a'), userId: '68cd793ca4a36f574952921b' }), NOW)
    expect(payloadOf(access)).toMatchObject({ token_type: 'access', jti: id('b'), pair: id('a'), user_id: '68cd793ca4a36f574952921b' })
    expect(await tokens.verify(access, NOW)).toMatchObject({ type: 'access', id: id('b'), credentialId: id('a') })
  })

  test('expires, with 30 seconds of tolerance for clock skew', async () => {
    const signed = await tokens.sign(token({ expiresAt: NOW + MINUTE }), NOW)
    expect(await tokens.verify(signed, NOW + MINUTE + 29_000)).toMatchObject({ type: 'token' })
    expect(await tokens.verify(signed, NOW + MINUTE + 31_000)).toBe('expired')
  })

  test('is cached, and a similar token does not match the cached one', async () => {
    const signed = await tokens.sign(token({ id: id('d'), credentialId: id('d') }), NOW)
    const first = await tokens.verify(signed, NOW)
    expect(await tokens.verify(signed, NOW)).toEqual(first)
    const [header, , signature] = signed.split('.')
    const [, other] = (await tokens.sign(token({ id: id('d'), credentialId: id('d'), accountId: 8 }), NOW)).split('.')
    expect(await tokens.verify(`${header}.${other}.${signature}`, NOW)).toBe('invalid')
    expect(await tokens.verify(signed, NOW + 60 * MINUTE + 31_000)).toBe('expired')
    expect(await tokens.verify(signed, NOW - MINUTE)).toBe('invalid') // issued in the future
  })

  test('issued in the future is invalid beyond the same tolerance', async () => {
    expect(await tokens.verify(await forge({ iat: NOW / 1000 + 29 }), NOW)).toMatchObject({ type: 'token' })
    expect(await tokens.verify(await forge({ iat: NOW / 1000 + 31 }), NOW)).toBe('invalid')
    expect(await tokens.verify(await forge({ nbf: NOW / 1000 + 31 }), NOW)).toBe('invalid')
  })
})

describe('a token is invalid', () => {
  test('when it is signed with another key, even if it has expired', async () => {
    expect(await tokens.verify(await forge({}, { secret: OTHER }), NOW)).toBe('invalid')
    expect(await tokens.verify(await forge({ exp: 1 }, { secret: OTHER }), NOW)).toBe('invalid')
  })

  test('when any part of it was changed', async () => {
    const parts = (await tokens.sign(token(), NOW)).split('.')
    for (const part of [0, 1, 2]) {
      const changed = parts.map((text, at) => (at === part ? `${text.slice(0, 4)}${text[4] === 'A' ? 'B' : 'A'}${text.slice(5)}` : text))
      expect(await tokens.verify(changed.join('.'), NOW)).toBe('invalid')
    }
  })

  test('when it names another algorithm, or none', async () => {
    const [, payload] = (await tokens.sign(token(), NOW)).split('.')
    const none = btoa(JSON.stringify({ alg: 'none', typ: 'JWT' })).replaceAll('=', '')
    expect(await tokens.verify(`${none}.${payload}.`, NOW)).toBe('invalid')
    expect(await tokens.verify(await forge({}, { secret: SECRET.repeat(2), header: { alg: 'HS512', typ: 'JWT' } }), NOW)).toBe('invalid')
  })

  test.each([
    ['another issuer', { iss: 'another' }],
    ['an unknown type', { token_type: 'admin' }],
    ['no type', { token_type: undefined }],
    ['no id', { jti: undefined }],
    ['a malformed id', { jti: 'short' }],
    ['no subject', { sub: undefined }],
    ['a subject that is not a number', { sub: 'seven' }],
    ['a subject that is not positive', { sub: '-7' }],
    ['no expiry', { exp: undefined }],
    ['no issue time', { iat: undefined }],
    ['access type but no pair', { token_type: 'access' }],
    ['access type and a malformed pair', { token_type: 'access', pair: { id: 1 } }],
  ])('when it has %s', async (_what, claims) => {
    expect(await tokens.verify(await forge(claims), NOW)).toBe('invalid')
  })

  test.each(['', '.', '..', 'a.b.c', 'x'.repeat(10_000), '\u0000', 'é.é.é'])('when it is not a token: %j', async (text) => {
    expect(await tokens.verify(text, NOW)).toBe('invalid')
  })
})

test('key rotation: the previous key still verifies while it is set, and does not sign', async () => {
  const before = createTokens({ secret: OTHER, previousSecret: null, formerSecret: null, issuer: 'concord' })
  const during = createTokens({ secret: SECRET, previousSecret: OTHER, formerSecret: null, issuer: 'concord' })
  const old = await before.sign(token(), NOW)
  expect(await during.verify(old, NOW)).toMatchObject({ accountId: 7 })
  expect(await during.verify(old, NOW + 120 * MINUTE)).toBe('expired')
  expect(await tokens.verify(old, NOW)).toBe('invalid')
  expect(await tokens.verify(await during.sign(token(), NOW), NOW)).toMatchObject({ accountId: 7 })
})
