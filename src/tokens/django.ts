import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalInConstantTime, fromBase64 } from './argon2.ts'

const FORM = /^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{43}=)$/
const HIGHEST = 5_000_000
/** About five milliseconds of work: what others have to wait at most while one such hash is computed. */
const ITERATIONS_AT_A_TIME = 4_000

/**
 * Verifies a hash carried over from Django. In JavaScript, because the platform's own PBKDF2 (Web Crypto and node:crypto
 * alike) refuses more than 100,000 iterations in production, which the local runtime lets pass: nothing here calls it.
 * Null where the string is no such hash.
 */
export const verifyDjangoHash = async (password: string, stored: string): Promise<boolean | null> => {
  const [, iterations, salt, expected] = FORM.exec(stored) ?? []
  if (!iterations || !salt || !expected) return null
  const rounds = Number(iterations)
  if (rounds < 1 || rounds > HIGHEST) return null
  return equalInConstantTime(await pbkdf2(new TextEncoder().encode(password), new TextEncoder().encode(salt), rounds), fromBase64(expected))
}

/** RFC 8018 for one block of SHA-256, giving way to others every few milliseconds. */
const pbkdf2 = async (password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array> => {
  const keyed = hmac.create(sha256, password)
  const scratch = keyed.clone()
  const last = keyed
    .clone()
    .update(salt)
    .update(new Uint8Array([0, 0, 0, 1]))
    .digest()
  const block = last.slice()
  for (let done = 1; done < iterations; done++) {
    if (done % ITERATIONS_AT_A_TIME === 0) await new Promise((resolve) => setTimeout(resolve, 0))
    keyed._cloneInto(scratch)
    scratch.update(last).digestInto(last)
    for (let at = 0; at < block.length; at++) block[at] = (block[at] ?? 0) ^ (last[at] ?? 0)
  }
  return block
}
