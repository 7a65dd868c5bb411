import { type Argon2Cost, isArgon2Verified } from '../model/password.ts'
import { createArgon2id } from './argon2id.ts'
import type { CooperativeTask } from './fair-lock.ts'

const SALT_BYTES = 16
const HASH_BYTES = 32

/** Django writes a word before it, and wrote argon2i until 2020. */
const PHC = /^(argon2|)\$(argon2id?)\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

/** All hashes share one memory: each must be finished, or abandoned for good, before the next one starts. */
export interface Argon2 {
  hash(password: string): CooperativeTask<string>
  /** Verifies passwords against a hash; null if it is not one of argon2, or needs more than an isolate has. */
  check(phc: string): ((password: string) => CooperativeTask<boolean>) | null
  isCurrent(phc: string): boolean
  /** A well-formed hash of the current cost for which no password is known. */
  readonly dummyHash: string
}

/**
 * The platform forbids compiling WASM at run time, so the caller passes the compiled module. New hashes have the given cost;
 * a hash of any other cost is still verified.
 */
export const createArgon2 = (module: WebAssembly.Module, { memoryKib, passes, lanes }: Argon2Cost): Argon2 => {
  const argon2id = createArgon2id(module)
  const current = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$`
  return {
    hash: function* (password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
      const hash = yield* argon2id({
        password: bytesOf(password),
        salt,
        memoryKib,
        passes,
        lanes,
        tagLength: HASH_BYTES,
      })
      return `${current}${toBase64(salt)}$${toBase64(hash)}`
    },

    check: (phc) => {
      const [, django, variant, memory, passes, parallelism, salt, expected] = PHC.exec(phc) ?? []
      if (!salt || !expected) return null
      const type: 1 | 2 = variant === 'argon2i' ? 1 : 2
      const parameters = { type, memoryKib: Number(memory), passes: Number(passes), lanes: Number(parallelism) }
      if (!isArgon2Verified(parameters)) return null
      return function* (password) {
        const expectedTag = fromBase64(expected)
        const bytes = django ? new TextEncoder().encode(password) : bytesOf(password)
        const hash = yield* argon2id({ password: bytes, salt: fromBase64(salt), ...parameters, tagLength: expectedTag.length })
        return equalInConstantTime(hash, expectedTag)
      }
    },

    isCurrent: (phc) => phc.startsWith(current),

    dummyHash: `${current}Y29uY29yZC1kZWNveS0wMQ$8yZ0m1b7Qm3c0cZb0k1rJt5s7u9w+xzBdFhJlNpRtVw`,
  }
}

const MIN_BYTES = 8

/**
 * Passwords of fewer than eight bytes are padded with NUL. No password contains NUL, so two passwords never become equal. The
 * hash function accepts any length, but there are stored hashes that were made with the padding.
 */
const bytesOf = (password: string): Uint8Array => {
  const bytes = new TextEncoder().encode(password)
  if (bytes.length >= MIN_BYTES) return bytes
  const padded = new Uint8Array(MIN_BYTES)
  padded.set(bytes)
  return padded
}

export const equalInConstantTime = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
