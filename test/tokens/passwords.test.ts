import { describe, expect, test, vi } from 'vitest'
import { createPasswords } from '../../src/tokens/passwords.ts'
import { newArgon2, packageArgon2id, runToEnd } from '../support/argon2.ts'
import { call } from '../support/call.ts'
import { DJANGO_26000, DJANGO_260000, DJANGO_870000 } from '../support/django-hashes.ts'
import { newSha256 } from '../support/pbkdf2.ts'

const argon2 = newArgon2()
/** No test but the one of the longest wait has one: on a busy machine every hash takes longer. */
const passwords = createPasswords({ argon2, sha256: newSha256() }, Number.POSITIVE_INFINITY)
const hashOf = (password: string): string => runToEnd(argon2.hash(password)).value

/** For tests of which passwords match, and not of the cost. */
const cheapArgon2 = newArgon2({ memoryKib: 64, passes: 1, lanes: 1 })
const cheapPasswords = createPasswords({ argon2: cheapArgon2, sha256: newSha256() }, Number.POSITIVE_INFINITY)
const cheapHashOf = (password: string): string => runToEnd(cheapArgon2.hash(password)).value

describe('a hash made here', () => {
  test('contains the function and its parameters, and is different each time', async () => {
    const [first, second] = [hashOf('correct horse'), hashOf('correct horse')]
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(first).not.toBe(second)
    expect(argon2.isCurrent(first)).toBe(true)
  })

  test('verifies its password and no other', async () => {
    const hash = hashOf('pässwörd ✓')
    expect(await passwords.verify('pässwörd ✓', hash)).toEqual({ matches: true, outdated: false })
    expect(await passwords.verify('pässwörd ✗', hash)).toEqual({ matches: false, outdated: false })
    const cheap = cheapHashOf('pässwörd ✓')
    expect(await cheapPasswords.verify('pässwörd ✓', cheap)).toEqual({ matches: true, outdated: false })
    for (const wrong of ['pässwörd ✗', '', 'short', 'passwörd ✓', 'pässwörd ✓ ']) {
      expect(await cheapPasswords.verify(wrong, cheap)).toEqual({ matches: false, outdated: false })
    }
  })

  test('of a padded password does not match similar passwords', async () => {
    const hash = cheapHashOf('abc')
    expect(await cheapPasswords.verify('abc', hash)).toEqual({ matches: true, outdated: false })
    for (const wrong of ['ab', 'abcd', '']) expect(await cheapPasswords.verify(wrong, hash)).toMatchObject({ matches: false })
  })

  test('with other parameters still verifies, and is reported as outdated', async () => {
    const weaker = '$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHRzb21lc2FsdA$'
    const bytes = (text: string) => new TextEncoder().encode(text)
    const parameters = { memorySize: 64, passes: 3, parallelism: 2, tagLength: 32 }
    const tag = (await packageArgon2id())({ ...parameters, password: bytes('old password'), salt: bytes('somesaltsomesalt') })
    const stored = `${weaker}${btoa(String.fromCharCode(...tag)).replaceAll('=', '')}`
    expect(await passwords.verify('old password', stored)).toEqual({ matches: true, outdated: true })
    expect(await passwords.verify('new password', stored)).toEqual({ matches: false, outdated: true })
  })

  // Made by the package, from the password padded to the eight bytes that the package requires.
  test('of a padded password that was made earlier still verifies', async () => {
    const padded = new Uint8Array(8)
    padded.set(new TextEncoder().encode('abc'))
    const salt = new TextEncoder().encode('somesaltsomesalt')
    const tag = (await packageArgon2id())({ memorySize: 19_456, passes: 2, parallelism: 1, tagLength: 32, password: padded, salt })
    const stored = `$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$${btoa(String.fromCharCode(...tag)).replaceAll('=', '')}`
    expect(await passwords.verify('abc', stored)).toEqual({ matches: true, outdated: false })
    expect(await passwords.verify('abcd', stored)).toEqual({ matches: false, outdated: false })
  })
})

describe('a hash imported from Django', () => {
  test.each([
    ['870,000 iterations', DJANGO_870000],
    ['260,000 iterations', DJANGO_260000],
  ])('with %s verifies its password, and is reported as outdated', async (_how, { password, stored }) => {
    expect(await passwords.verify(password, stored)).toEqual({ matches: true, outdated: true })
  })

  test('does not verify its password with spaces around it: what is typed is not trimmed here', async () => {
    const { password, stored } = DJANGO_26000
    expect(await passwords.verify(`  ${password} `, stored)).toEqual({ matches: false, outdated: true })
    const ours = (await cheapPasswords.hash(password)) ?? ''
    expect(await cheapPasswords.verify(`  ${password} `, ours)).toEqual({ matches: false, outdated: false })
  })

  test('does not verify another password', async () => {
    const { password, stored } = DJANGO_26000
    expect(await passwords.verify(`${password}!`, stored)).toEqual({ matches: false, outdated: true })
  })

  test('never uses the PBKDF2 of the platform, which rejects such iteration counts in production', async () => {
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
  '$argon2id$v=19$m=19456,t=2,p=0$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$argon2id$v=19$m=31,t=2,p=4$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  DJANGO_260000.stored.slice(0, -5),
  DJANGO_260000.stored.replace('260000', '99999999'),
  DJANGO_260000.stored.replace('pbkdf2_sha256', 'pbkdf2_sha1'),
  'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
])('a malformed hash does not match and does not throw: %j', async (stored) => {
  expect(await passwords.verify('password', stored)).toMatchObject({ matches: false })
})

test('an account that does not exist never matches, and costs as much as one that exists', async () => {
  const check = vi.spyOn(argon2, 'check')
  // The dummy hash has the current parameters, so the work is the same.
  expect(await passwords.verify('password', null)).toEqual({ matches: false, outdated: false })
  expect(check).toHaveBeenCalledOnce()
  expect(check.mock.results[0]?.value).not.toBeNull()
  vi.restoreAllMocks()
})

describe('a burst', () => {
  test('of twenty, with correct and wrong passwords mixed, gets twenty correct results', async () => {
    const stored = await Promise.all(Array.from({ length: 4 }, (_, n) => passwords.hash(`password ${n}`)))
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => passwords.verify(n % 5 === 0 ? 'wrong' : `password ${n % 4}`, stored[n % 4] ?? null)),
    )
    expect(outcomes).toEqual(outcomes.map((_, n) => ({ matches: n % 5 !== 0, outdated: false })))
  })

  test('does not block other requests', async () => {
    await call('GET', '/health') // the first request loads the Worker, which takes longer than the burst
    let hashing = true
    const burst = Promise.all(Array.from({ length: 5 }, () => passwords.hash('x'))).finally(() => {
      hashing = false
    })
    let served = 0
    while (hashing) {
      expect((await call('GET', '/health')).status).toBe(200)
      if (hashing) served++
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await burst
    expect(served).toBeGreaterThanOrEqual(5)
  })

  test('does not wait for a hash from Django', async () => {
    const current = await passwords.hash('current')
    let isFinished = false
    const imported = passwords.verify(DJANGO_260000.password, DJANGO_260000.stored).finally(() => {
      isFinished = true
    })
    expect(await passwords.verify('current', current)).toEqual({ matches: true, outdated: false })
    expect(isFinished).toBe(false)
    expect(await imported).toMatchObject({ matches: true })
  })

  test('of four wrong guesses for imported accounts does not make a fifth fail', async () => {
    const { password, stored } = DJANGO_260000
    const guesses = [1, 2, 3, 4].map((n) => passwords.verify('wrong', stored, { network: '203.0.113.7', account: `victim ${n}` }))
    const right = passwords.verify(password, stored, { network: '198.51.100.1', account: 'anna' })
    expect(await right).toEqual({ matches: true, outdated: true })
    expect(await Promise.all(guesses)).toEqual([1, 2, 3, 4].map(() => ({ matches: false, outdated: true })))
  })

  test('of wrong guesses for imported accounts does not make the log-in of another network wait for all of them', async () => {
    const { password, stored } = DJANGO_26000
    let finished = 0
    const guess = (n: number) =>
      passwords.verify('wrong', stored, { network: '203.0.113.7', account: `victim ${n}` }).then(() => finished++)
    const guesses = Array.from({ length: 20 }, (_, n) => guess(n))
    const right = await passwords.verify(password, stored, { network: '198.51.100.1', account: 'anna' })
    expect(right).toEqual({ matches: true, outdated: true })
    expect(finished).toBeLessThanOrEqual(10) // Three, unless the machine pauses so long that a waiting request seems abandoned.
    await Promise.all(guesses)
  })

  test('rejects requests that would wait too long', async () => {
    const busy = createPasswords({ argon2: newArgon2(), sha256: newSha256() }, 120)
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => busy.hash('x')))
    expect(outcomes.filter((hash) => hash === null).length).toBeGreaterThanOrEqual(3)
    expect(outcomes[0]).not.toBeNull()
  })
})
