import { equalInConstantTime, fromBase64 } from './argon2.ts'
import type { CooperativeTask } from './fair-lock.ts'
import type { Pbkdf2 } from './pbkdf2.ts'

const PATTERN = /^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{43}=)$/
const MAX_ITERATIONS = 5_000_000

/** Verifies passwords against a hash imported from Django; null if the string is not such a hash. */
export const checkDjango = (pbkdf2: Pbkdf2, stored: string): ((password: string) => CooperativeTask<boolean>) | null => {
  const [, count, salt, expected] = PATTERN.exec(stored) ?? []
  if (!salt || !expected) return null
  const iterations = Number(count)
  if (iterations < 1 || iterations > MAX_ITERATIONS) return null
  return function* (password) {
    const encoder = new TextEncoder()
    const hash = yield* pbkdf2({ password: encoder.encode(password), salt: encoder.encode(salt), iterations })
    return equalInConstantTime(hash, fromBase64(expected))
  }
}
