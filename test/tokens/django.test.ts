import { describe, expect, test, vi } from 'vitest'
import { hex } from '../../src/model/hex.ts'
import { bcrypt } from '../../src/tokens/bcrypt.ts'
import { createPasswords } from '../../src/tokens/passwords.ts'
import { pbkdf2Sha1 } from '../../src/tokens/pbkdf2-sha1.ts'
import { scrypt } from '../../src/tokens/scrypt.ts'
import { newArgon2, newArgon2id, runToEnd } from '../support/argon2.ts'
import { DJANGO_HASHES, NO_DJANGO_HASHES } from '../support/django-hashes.ts'
import { newSha256 } from '../support/pbkdf2.ts'

const passwords = createPasswords({ argon2: newArgon2(), sha256: newSha256() }, Number.POSITIVE_INFINITY)
const { pbkdf2 } = newSha256()
const bytes = (text: string) => new TextEncoder().encode(text)
const base64 = (from: Uint8Array) => btoa(String.fromCharCode(...from)).replaceAll('=', '')

describe('the functions compute what their standards define', () => {
  test.each([
    [1, '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
    [2, 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957'],
    [4096, '4b007901b765489abead49d926f721d065a429c1'],
  ])('PBKDF2 with SHA-1 and %i iterations', (iterations, expected) => {
    expect(hex(runToEnd(pbkdf2Sha1({ password: bytes('password'), salt: bytes('salt'), iterations })).value)).toBe(expected)
  })

  test.each([
    [
      '',
      '',
      16,
      1,
      1,
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ],
    [
      'password',
      'NaCl',
      1024,
      8,
      16,
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
    [
      'pleaseletmein',
      'SodiumChloride',
      16384,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
  ])('scrypt of %j', (password, salt, cost, blockSize, lanes, expected) => {
    const task = scrypt(pbkdf2, { password: bytes(password), salt: bytes(salt), cost, blockSize, lanes, length: 64 })
    expect(hex(runToEnd(task).value)).toBe(expected)
  })

  // Solar Designer's test vectors of crypt_blowfish; the salt is 16 bytes 0x10 0x41 0x04 …, which its Base64 writes as C's.
  test.each([['U*U', '1bb69143f9a8d304c8d23d99ab049a77a68e2ccc744206']])('bcrypt of %j', (password, expected) => {
    const salt = Uint8Array.from({ length: 16 }, (_, index) => [0x10, 0x41, 0x04][index % 3] ?? 0)
    expect(hex(runToEnd(bcrypt({ password: bytes(password), salt, cost: 5 })).value)).toBe(expected)
  })

  test('argon2i', () => {
    const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte)
    const input = { password: filled(32, 1), salt: filled(16, 2), secret: filled(8, 3), associatedData: filled(12, 4) }
    const task = newArgon2id()({ type: 1, ...input, memoryKib: 32, passes: 3, lanes: 4, tagLength: 32 })
    expect(hex(runToEnd(task).value)).toBe('c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8')
  })
})

describe('a hash that Django verifies', () => {
  test.each(Object.entries(DJANGO_HASHES))(
    '%s',
    async (_name, hash) => {
      const { password, stored } = hash
      expect(await passwords.verify(password, stored)).toEqual({ matches: true, outdated: true })
      expect(await passwords.verify(`${password}!`, stored)).toEqual({ matches: false, outdated: true })
      // A second of CPU time for each wrong password would show nothing more.
      const cheap = 'cheap' in hash ? hash.cheap : stored
      expect(await passwords.verify(password, cheap)).toEqual({ matches: true, outdated: true })
      const others = [`${password}!`, ` ${password}`, password.toUpperCase(), password.trim(), stored, cheap, '']
      for (const other of others.filter((text) => text !== password)) {
        expect([other, await passwords.verify(other, cheap)]).toEqual([other, { matches: false, outdated: true }])
      }
    },
    60_000,
  )

  test.each([
    ['abc', 65_536, 1, 4],
    ['a', 512, 2, 2],
    ['ein langes Paßwort', 1024, 3, 1],
  ])('argon2id of %j with %i KiB: a short password is not padded', async (password, memoryKib, passes, lanes) => {
    const salt = bytes('SOZneU1G8LcA3hnz')
    const tag = runToEnd(newArgon2id()({ password: bytes(password), salt, memoryKib, passes, lanes, tagLength: 32 })).value
    const stored = `argon2$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(salt)}$${base64(tag)}`
    expect(await passwords.verify(password, stored)).toEqual({ matches: true, outdated: true })
    expect(await passwords.verify(`${password}\0`, stored)).toEqual({ matches: false, outdated: true })
    if (password.length < 8) expect(await passwords.verify(password, stored.slice('argon2'.length))).toMatchObject({ matches: false })
  })
})

describe('a column without a hash that Django verifies', () => {
  test.each(Object.entries(NO_DJANGO_HASHES))('%s: the log-in fails', async (_name, { password, stored }) => {
    for (const typed of [password, stored, '', '!'])
      expect(await passwords.verify(typed, stored)).toEqual({ matches: false, outdated: true })
  })
})

describe('a hash that costs too much is never computed', () => {
  const digest = (length: number) => base64(new Uint8Array(length))
  test.each([
    ['iterations', `pbkdf2_sha256$5000001$salt$${digest(32)}=`],
    ['no iterations', `pbkdf2_sha1$0$salt$${digest(20)}=`],
    ['scrypt: N', `scrypt$262144$salt$8$1$${digest(64)}==`],
    ['scrypt: no power of two', `scrypt$16383$salt$8$1$${digest(64)}==`],
    ['scrypt: r', `scrypt$2$salt$4096$1$${digest(64)}==`],
    ['scrypt: p', `scrypt$2$salt$1$9999$${digest(64)}==`],
    ['scrypt: nothing', `scrypt$1$salt$8$1$${digest(64)}==`],
    ['bcrypt', `bcrypt_sha256$$2b$15$${'a'.repeat(53)}`],
    ['argon2: memory', `argon2$argon2id$v=19$m=65537,t=1,p=1$${digest(16)}$${digest(32)}`],
    ['argon2: passes', `argon2$argon2id$v=19$m=65536,t=5,p=1$${digest(16)}$${digest(32)}`],
    ['argon2d', `argon2$argon2d$v=19$m=512,t=2,p=2$${digest(16)}$${digest(32)}`],
    ['an old version', `argon2$argon2id$v=16$m=512,t=2,p=2$${digest(16)}$${digest(32)}`],
  ])('%s', async (_what, stored) => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    expect(await passwords.verify('some password', stored)).toEqual({ matches: false, outdated: true })
    expect(timers).not.toHaveBeenCalled()
    timers.mockRestore()
  })
})
