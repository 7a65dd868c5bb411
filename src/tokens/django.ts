import { hex } from '../model/hex.ts'
import { isBcryptVerified, isPbkdf2Verified, isScryptVerified } from '../model/password.ts'
import { equalInConstantTime, fromBase64 } from './argon2.ts'
import { bcrypt } from './bcrypt.ts'
import type { CooperativeTask } from './fair-lock.ts'
import type { Sha256 } from './pbkdf2.ts'
import { pbkdf2Sha1 } from './pbkdf2-sha1.ts'
import { scrypt } from './scrypt.ts'

type Bytes = Uint8Array
type Check = (password: string) => CooperativeTask<boolean>

/** A hash that is computed from the bytes of a password, and what it must be. */
const check = (expected: Bytes, compute: (password: Bytes) => CooperativeTask<Bytes>): Check =>
  function* (password) {
    return equalInConstantTime(yield* compute(new TextEncoder().encode(password)), expected)
  }

/** The parts of a hash, behind the name of its function. Null if they cost too much. */
type Format = (functions: Sha256, parts: readonly string[]) => Check | null

const asciiOf = (salt: string): Bytes => new TextEncoder().encode(salt)

const pbkdf2 =
  (choose: (functions: Sha256) => Sha256['pbkdf2']): Format =>
  (functions, [count, salt = '', hash = '']) => {
    const iterations = Number(count)
    if (!isPbkdf2Verified(iterations)) return null
    return check(fromBase64(hash), (password) => choose(functions)({ password, salt: asciiOf(salt), iterations }))
  }

/** Django's order of the parameters: N, salt, r, p. */
const scryptFormat: Format = ({ pbkdf2: derive }, [n, salt = '', r, p, hash = '']) => {
  const [cost, blockSize, lanes] = [Number(n), Number(r), Number(p)]
  if (!isScryptVerified({ cost, blockSize, lanes })) return null
  const expected = fromBase64(hash)
  return check(expected, (password) => scrypt(derive, { cost, blockSize, lanes, password, salt: asciiOf(salt), length: expected.length }))
}

/** bcrypt reads 72 bytes at most, so Django gives it the hexadecimal SHA-256 of the password. */
const bcryptFormat: Format = ({ digest }, [logRounds, salt = '', hash = '']) => {
  const cost = Number(logRounds)
  if (!isBcryptVerified(cost)) return null
  return check(fromBcryptBase64(hash), (password) =>
    bcrypt({ password: asciiOf(hex(digest(password))), salt: fromBcryptBase64(salt), cost }),
  )
}

const FORMATS: readonly (readonly [RegExp, Format])[] = [
  [/^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{43}=)$/, pbkdf2(({ pbkdf2: sha256 }) => sha256)],
  [/^pbkdf2_sha1\$(\d{1,8})\$([^$]{1,64})\$([A-Za-z0-9+/]{27}=)$/, pbkdf2(() => pbkdf2Sha1)],
  [/^scrypt\$(\d{1,7})\$([^$]{1,64})\$(\d{1,4})\$(\d{1,4})\$([A-Za-z0-9+/]{86}==)$/, scryptFormat],
  [/^bcrypt_sha256\$\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/, bcryptFormat],
]

/** Verifies passwords against a hash imported from Django; null if the string is no such hash, or one that costs too much. */
export const checkDjango = (functions: Sha256, stored: string): Check | null => {
  for (const [pattern, format] of FORMATS) {
    const parts = pattern.exec(stored)
    if (parts) return format(functions, parts.slice(1))
  }
  return null
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** bcrypt's digits are those of Base64 in another order. */
const fromBcryptBase64 = (text: string): Bytes =>
  fromBase64(text.replaceAll(/./g, (character) => `${DIGITS}+/`[`./${DIGITS}`.indexOf(character)] ?? ''))
