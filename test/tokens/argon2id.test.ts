import { describe, expect, test } from 'vitest'
import type { Argon2idInput } from '../../src/tokens/argon2id.ts'
import { newArgon2id, packageArgon2id, runToEnd } from '../support/argon2.ts'

const argon2id = newArgon2id()
const hashHex = (input: Argon2idInput): string => hex(runToEnd(argon2id(input)).value)
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

test('returns the tag of the test vector in RFC 9106 (5.3)', () => {
  const tag = hashHex({
    memoryKib: 32,
    passes: 3,
    lanes: 4,
    password: bytes(32, 1),
    salt: bytes(16, 2),
    secret: bytes(8, 3),
    associatedData: bytes(12, 4),
    tagLength: 32,
  })
  expect(tag).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
})

describe('returns the same tag as the package', () => {
  test.each([8, 9, 33, 64, 1000])('with %d KiB', async (memoryKib) => {
    const packageHash = await packageArgon2id()
    for (const passes of [1, 2, 3]) {
      for (const lanes of [1, 2, 3, 4].filter((lanes) => memoryKib >= 8 * lanes)) {
        for (const [passwordLength, saltLength, tagLength] of [
          [8, 8, 4],
          [9, 16, 32],
          [64, 17, 63],
          [127, 48, 64],
          [128, 16, 65],
          [129, 24, 96],
          [1000, 16, 97],
        ] as const) {
          const [password, salt] = [random(passwordLength), random(saltLength)]
          const expected = packageHash({ memorySize: memoryKib, passes, parallelism: lanes, password, salt, tagLength })
          expect(hashHex({ memoryKib, passes, lanes, password, salt, tagLength })).toBe(hex(expected))
        }
      }
    }
  })

  test.each([
    [19_456, 2, 1],
    [12_288, 3, 1],
    [65_536, 1, 4],
  ])('with %d KiB, %d passes, %d lanes', async (memoryKib, passes, lanes) => {
    const input = { password: random(12), salt: random(16), tagLength: 32 }
    const expected = (await packageArgon2id())({ memorySize: memoryKib, passes, parallelism: lanes, ...input })
    expect(hashHex({ memoryKib, passes, lanes, ...input })).toBe(hex(expected))
  })
})

const CURRENT_INPUT = { memoryKib: 19_456, passes: 2, lanes: 1, password: bytes(12, 1), salt: bytes(16, 2), tagLength: 32 }

test('pauses every few milliseconds', () => {
  expect(runToEnd(argon2id(CURRENT_INPUT)).pauses).toBeGreaterThanOrEqual(6)
})

test('is not affected by an abandoned hash in the same memory', () => {
  const expected = hashHex(CURRENT_INPUT)
  const abandoned = argon2id({ ...CURRENT_INPUT, password: bytes(12, 9) })
  for (let step = 0; step < 5; step++) abandoned.next()
  expect(hashHex(CURRENT_INPUT)).toBe(expected)
})

test('clears the memory after a hash', () => {
  let memory: WebAssembly.Memory | undefined
  const Memory = WebAssembly.Memory
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memory = this
    }
  }
  try {
    runToEnd(newArgon2id()(CURRENT_INPUT))
  } finally {
    WebAssembly.Memory = Memory
  }
  const words = new BigUint64Array(memory?.buffer ?? new ArrayBuffer(0))
  expect(words.length).toBeGreaterThan((19_456 * 1024) / 8)
  expect(words.every((word) => word === 0n)).toBe(true)
})
