import { describe, expect, test } from 'vitest'
import { hex } from '../../src/model/hex.ts'
import type { Pbkdf2Input } from '../../src/tokens/pbkdf2.ts'
import { runToEnd } from '../support/argon2.ts'
import { newSha256 } from '../support/pbkdf2.ts'

const { pbkdf2 } = newSha256()
const encode = (text: string) => new TextEncoder().encode(text)
const hashHex = (input: Pbkdf2Input): string => hex(runToEnd(pbkdf2(input)).value)
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** The first 32 bytes of the test vectors in RFC 7914 (11), and of those in circulation for RFC 6070's inputs. */
test.each([
  ['passwd', 'salt', 1, '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc'],
  ['Password', 'NaCl', 80_000, '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56'],
  ['password', 'salt', 2, 'ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43'],
  ['password', 'salt', 4096, 'c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a'],
])('returns the test vector of %s, %s and %d iterations', (password, salt, iterations, expected) => {
  expect(hashHex({ password: encode(password), salt: encode(salt), iterations })).toBe(expected)
})

/** The platform's own function is the reference; within its limit of 100,000 iterations. */
const platformHash = async ({
  password,
  salt,
  iterations,
}: {
  password: Uint8Array<ArrayBuffer>
  salt: Uint8Array<ArrayBuffer>
  iterations: number
}) => {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  return hex(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 256))
}

describe('returns the same hash as the platform', () => {
  test.each([1, 8, 55, 56, 63, 64, 65, 119, 120, 128, 512])('for passwords and salts around %d bytes', async (length) => {
    for (const saltLength of [1, 22, 51, 52, 55, 64, 115, 116, 256]) {
      for (const iterations of [1, 2, 3]) {
        const input = { password: random(length), salt: random(saltLength), iterations }
        expect(hashHex(input)).toBe(await platformHash(input))
      }
    }
  })

  test.each([5_999, 6_000, 6_001, 6_002, 12_001, 100_000])('for %d iterations', async (iterations) => {
    const input = { password: random(12), salt: random(16), iterations }
    expect(hashHex(input)).toBe(await platformHash(input))
  })
})

const SLOW = { password: encode('syam1234'), salt: encode('somesalt'), iterations: 870_000 }

test('pauses every few milliseconds', () => {
  expect(runToEnd(pbkdf2(SLOW)).pauses).toBeGreaterThanOrEqual(140)
})

test('is not affected by an abandoned hash in the same memory', () => {
  const expected = hashHex({ ...SLOW, iterations: 20_000 })
  const abandoned = pbkdf2({ ...SLOW, password: encode('another') })
  for (let step = 0; step < 5; step++) abandoned.next()
  expect(hashHex({ ...SLOW, iterations: 20_000 })).toBe(expected)
})

test('clears the memory after a hash', () => {
  let memory: unknown
  const Instance = WebAssembly.Instance
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports)
      memory = this.exports.memory
    }
  }
  const { pbkdf2: recorded } = newSha256()
  try {
    runToEnd(recorded({ ...SLOW, iterations: 3 }))
  } finally {
    WebAssembly.Instance = Instance
  }
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('no memory')
  const words = new BigUint64Array(memory.buffer)
  expect(words.length).toBeGreaterThan(0)
  expect(words.every((word) => word === 0n)).toBe(true)
})
