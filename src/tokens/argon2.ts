import { createArgon2id, HIGHEST_MEMORY_KIB } from './argon2id.ts'
import type { Pieces } from './fair-lock.ts'

/** OWASP ASVS 5 (11.4.2) and its Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const PARALLELISM = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

const CURRENT = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLELISM}$`
const PHC = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

/** The hashes of one memory: each has to be finished, or given up for good, before the next begins. */
export interface Argon2 {
  hash(password: string): Pieces<string>
  /** How a password is held against it. Null where the string is no argon2id hash, or one that asks for more than an isolate can spare. */
  check(phc: string): ((password: string) => Pieces<boolean>) | null
  isCurrent(phc: string): boolean
}

/** The platform forbids compiling WASM at run time, so the compiled module comes from whoever may import it. */
export const createArgon2 = (module: WebAssembly.Module): Argon2 => {
  const argon2id = createArgon2id(module)
  return {
    hash: function* (password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
      const hash = yield* argon2id({
        password: bytesOf(password),
        salt,
        memoryKib: MEMORY_KIB,
        passes: PASSES,
        lanes: PARALLELISM,
        tagLength: HASH_BYTES,
      })
      return `${CURRENT}${toBase64(salt)}$${toBase64(hash)}`
    },

    check: (phc) => {
      const [, memory, passes, parallelism, salt, expected] = PHC.exec(phc) ?? []
      if (!salt || !expected) return null
      const parameters = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(parallelism) }
      if (parameters.passes < 1 || parameters.lanes < 1) return null
      if (parameters.memoryKib < 8 * parameters.lanes || parameters.memoryKib > HIGHEST_MEMORY_KIB) return null
      return function* (password) {
        const wanted = fromBase64(expected)
        const hash = yield* argon2id({ password: bytesOf(password), salt: fromBase64(salt), ...parameters, tagLength: wanted.length })
        return equalInConstantTime(hash, wanted)
      }
    },

    isCurrent: (phc) => phc.startsWith(CURRENT),
  }
}

const SHORTEST = 8

/**
 * Fewer than eight bytes are filled up with NUL, which no password here contains, so that no two passwords become one.
 * The function takes any length, but there are hashes that were made like this.
 */
const bytesOf = (password: string): Uint8Array => {
  const bytes = new TextEncoder().encode(password)
  if (bytes.length >= SHORTEST) return bytes
  const filled = new Uint8Array(SHORTEST)
  filled.set(bytes)
  return filled
}

export const equalInConstantTime = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length
  for (let at = 0; at < left.length; at++) difference |= (left[at] ?? 0) ^ (right[at] ?? 0)
  return difference === 0
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
