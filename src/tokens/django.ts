import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalInConstantTime, fromBase64 } from './argon2.ts'
import type { CooperativeTask } from './fair-lock.ts'

const PATTERN = /^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{43}=)$/
const MAX_ITERATIONS = 5_000_000
/** About two milliseconds of work. */
const ITERATIONS_PER_STEP = 1_000

/**
 * Verifies passwords against a hash imported from Django; null if the string is not such a hash. This is JavaScript because
 * the platform's PBKDF2 (Web Crypto and node:crypto) rejects more than 100,000 iterations in production. The local runtime
 * accepts them, so a local test would not fail: nothing here calls it.
 */
export const checkDjango = (stored: string): ((password: string) => CooperativeTask<boolean>) | null => {
  const [, iterations, salt, expected] = PATTERN.exec(stored) ?? []
  if (!salt || !expected) return null
  const count = Number(iterations)
  if (count < 1 || count > MAX_ITERATIONS) return null
  return function* (password) {
    const hash = yield* pbkdf2(new TextEncoder().encode(password), new TextEncoder().encode(salt), count)
    return equalInConstantTime(hash, fromBase64(expected))
  }
}

/** RFC 8018 for one block of SHA-256. */
function* pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): CooperativeTask<Uint8Array> {
  const keyed = hmac.create(sha256, password)
  const scratch = keyed.clone()
  const last = keyed
    .clone()
    .update(salt)
    .update(new Uint8Array([0, 0, 0, 1]))
    .digest()
  const block = last.slice()
  for (let done = 1; done < iterations; done++) {
    if (done % ITERATIONS_PER_STEP === 0) yield
    keyed._cloneInto(scratch)
    scratch.update(last).digestInto(last)
    for (let at = 0; at < block.length; at++) block[at] = (block[at] ?? 0) ^ (last[at] ?? 0)
  }
  return block
}
