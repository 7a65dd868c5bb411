import { describe, expect, test, vi } from 'vitest'
import { createPasswords } from '../../src/tokens/passwords.ts'
import { argon2 } from '../support/argon2.ts'
import { DJANGO_260000, DJANGO_870000 } from '../support/django-hashes.ts'

const passwords = createPasswords(argon2, { slotMs: 0, longestWaitMs: 1000 })

describe('a hash of ours', () => {
  test('names its function and its strength, and is different each time', async () => {
    const [one, other] = [await argon2.hash('correct horse'), await argon2.hash('correct horse')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(other)
    expect(argon2.isCurrent(one)).toBe(true)
  })

  test('verifies its password and no other', async () => {
    const hash = await argon2.hash('pässwörd ✓')
    expect(await passwords.verify('pässwörd ✓', hash)).toEqual({ matches: true, outdated: false })
    for (const wrong of ['pässwörd ✗', '', 'short', 'passwörd ✓', 'pässwörd ✓ ']) {
      expect(await passwords.verify(wrong, hash)).toEqual({ matches: false, outdated: false })
    }
  })

  test('of a password that is shorter than the function takes is told from its neighbours all the same', async () => {
    const hash = await argon2.hash('abc')
    expect(await passwords.verify('abc', hash)).toEqual({ matches: true, outdated: false })
    for (const wrong of ['ab', 'abcd', '']) expect(await passwords.verify(wrong, hash)).toMatchObject({ matches: false })
  })

  test('of other strength still verifies, and asks to be replaced', async () => {
    const weaker = '$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$'
    const parameters = { memorySize: 64, passes: 3, parallelism: 1, tagLength: 32 }
    const setup = (await import('argon2id/lib/setup.js')).default
    const wasm = (await import('argon2id/dist/simd.wasm')).default
    const load = async (imports: WebAssembly.Imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) })
    const compute = await setup(load, load)
    const bytes = (text: string) => new TextEncoder().encode(text)
    const tag = compute({ ...parameters, password: bytes('old password'), salt: bytes('somesaltsomesalt') })
    const stored = `${weaker}${btoa(String.fromCharCode(...tag)).replaceAll('=', '')}`
    expect(await passwords.verify('old password', stored)).toEqual({ matches: true, outdated: true })
    expect(await passwords.verify('new password', stored)).toEqual({ matches: false, outdated: true })
  })
})

describe("a hash of Django's", () => {
  test.each([
    ['870,000 iterations', DJANGO_870000],
    ['260,000 iterations', DJANGO_260000],
  ])('with %s verifies its password, and asks to be replaced', async (_how, { password, stored }) => {
    expect(await passwords.verify(password, stored)).toEqual({ matches: true, outdated: true })
  })

  test('verifies no other password', async () => {
    const { password, stored } = DJANGO_260000
    expect(await passwords.verify(`${password}!`, stored)).toEqual({ matches: false, outdated: true })
  })

  test('never reaches the PBKDF2 of the platform, which refuses such counts in production', async () => {
    const deriveBits = vi.spyOn(crypto.subtle, 'deriveBits')
    const deriveKey = vi.spyOn(crypto.subtle, 'deriveKey')
    await passwords.verify(DJANGO_260000.password, DJANGO_260000.stored)
    expect(deriveBits).not.toHaveBeenCalled()
    expect(deriveKey).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})

test.each([
  '',
  'plain',
  '!unusable',
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$',
  '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  DJANGO_260000.stored.slice(0, -5),
  DJANGO_260000.stored.replace('260000', '99999999'),
  DJANGO_260000.stored.replace('pbkdf2_sha256', 'pbkdf2_sha1'),
  'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
])('a damaged hash matches nothing and breaks nothing: %j', async (stored) => {
  expect(await passwords.verify('password', stored)).toMatchObject({ matches: false })
})

test('nobody has no password, at the price of somebody', async () => {
  const verify = vi.spyOn(argon2, 'verify')
  expect(await passwords.verify('password', null)).toMatchObject({ matches: false })
  expect(verify).toHaveBeenCalledOnce()
  vi.restoreAllMocks()
})

describe('a burst', () => {
  test('is spread out, one slot each, in the order of arrival', async () => {
    const slow = createPasswords(argon2, { slotMs: 60, longestWaitMs: 10_000 })
    const began = Date.now()
    const order: number[] = []
    await Promise.all([0, 1, 2, 3, 4].map(async (n) => slow.hash('x').then(() => order.push(n))))
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(Date.now() - began).toBeGreaterThanOrEqual(4 * 60)
  })

  test('lets others have their turn between two hashes', async () => {
    const slow = createPasswords(argon2, { slotMs: 60, longestWaitMs: 10_000 })
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await Promise.all(Array.from({ length: 5 }, () => slow.hash('x')))
    clearInterval(timer)
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  test('turns away whoever would have to wait too long', async () => {
    const busy = createPasswords(argon2, { slotMs: 60, longestWaitMs: 100 })
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => busy.hash('x')))
    expect(outcomes.filter((hash) => hash === null).length).toBe(4)
    expect(outcomes[0]).not.toBeNull()
  })
})
