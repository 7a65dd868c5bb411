import type { computeHash } from 'argon2id/lib/setup.js'
import setupWasm from 'argon2id/lib/setup.js'

/** OWASP ASVS 5 (11.4.2) and its Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const PARALLELISM = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

const CURRENT = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLELISM}$`
const PHC = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

export interface Argon2 {
  hash(password: string): Promise<string>
  /** Null where the string is no argon2id hash. */
  verify(password: string, phc: string): Promise<boolean | null>
  isCurrent(phc: string): boolean
}

/** The platform forbids compiling WASM at run time, so the compiled module comes from whoever may import it. */
export const createArgon2 = (module: WebAssembly.Module): Argon2 => {
  let ready: Promise<computeHash> | undefined
  const compute = (): Promise<computeHash> => {
    const instantiate = async (imports: WebAssembly.Imports) => ({ module, instance: await WebAssembly.instantiate(module, imports) })
    ready ??= setupWasm(instantiate, instantiate)
    return ready
  }

  return {
    hash: async (password) => {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
      const hash = (await compute())({
        password: bytesOf(password),
        salt,
        memorySize: MEMORY_KIB,
        passes: PASSES,
        parallelism: PARALLELISM,
        tagLength: HASH_BYTES,
      })
      return `${CURRENT}${toBase64(salt)}$${toBase64(hash)}`
    },

    verify: async (password, phc) => {
      const [, memory, passes, lanes, salt, expected] = PHC.exec(phc) ?? []
      if (!memory || !passes || !lanes || !salt || !expected) return null
      const parameters = { memorySize: Number(memory), passes: Number(passes), parallelism: Number(lanes) }
      if (parameters.memorySize > 65_536 || parameters.passes < 1 || parameters.parallelism < 1) return null // more than an isolate can spare
      const wanted = fromBase64(expected)
      const hash = (await compute())({
        password: bytesOf(password),
        salt: fromBase64(salt),
        ...parameters,
        tagLength: wanted.length,
      })
      return equalInConstantTime(hash, wanted)
    },

    isCurrent: (phc) => phc.startsWith(CURRENT),
  }
}

const SHORTEST = 8

/**
 * The library refuses fewer than eight bytes. People type fewer, and passwords carried over from Django may have fewer:
 * these are filled up with NUL, which no password here contains, so that no two passwords become one.
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
