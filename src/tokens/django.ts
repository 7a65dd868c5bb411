import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalInConstantTime, fromBase64 } from './argon2.ts'
import type { Pieces } from './fair-lock.ts'

const FORM = /^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{43}=)$/
const HIGHEST = 5_000_000
/** About two milliseconds of work. */
const ITERATIONS_AT_A_TIME = 1_000

/**
 * How a password is held against a hash carried over from Django. In JavaScript, because the platform's own PBKDF2 (Web
 * Crypto and node:crypto alike) refuses more than 100,000 iterations in production, which the local runtime lets pass:
 * nothing here calls it. Null where the string is no such hash.
 */
export const checkDjango = (stored: string): ((password: string) => Pieces<boolean>) | null => {
  const [, iterations, salt, expected] = FORM.exec(stored) ?? []
  if (!salt || !expected) return null
  const rounds = Number(iterations)
  if (rounds < 1 || rounds > HIGHEST) return null
  return function* (password) {
    const hash = yield* pbkdf2(new TextEncoder().encode(password), new TextEncoder().encode(salt), rounds)
    return equalInConstantTime(hash, fromBase64(expected))
  }
}

/** RFC 8018 for one block of SHA-256. */
function* pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Pieces<Uint8Array> {
  const keyed = hmac.create(sha256, password)
  const scratch = keyed.clone()
  const last = keyed
    .clone()
    .update(salt)
    .update(new Uint8Array([0, 0, 0, 1]))
    .digest()
  const block = last.slice()
  for (let done = 1; done < iterations; done++) {
    if (done % ITERATIONS_AT_A_TIME === 0) yield
    keyed._cloneInto(scratch)
    scratch.update(last).digestInto(last)
    for (let at = 0; at < block.length; at++) block[at] = (block[at] ?? 0) ^ (last[at] ?? 0)
  }
  return block
}
