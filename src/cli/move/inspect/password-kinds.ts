import { HASH_LIMITS, isArgon2Verified, isBcryptVerified, isPbkdf2Verified, isScryptVerified } from '../../../model/password.ts'

/** What a former server's `password` column contains, and which of it Concord verifies. Django's formats: one algorithm, then its parts. */

export interface PasswordKind {
  /** As the report calls it. Never a part of the stored text that is not the name of an algorithm. */
  readonly kind: string
  /** Why nobody can log in with it; null: Concord verifies it at the first log-in. */
  readonly fails: string | null
}

const FORGOTTEN = 'the person needs the link for a forgotten password'
const NEVER_WORKED = `Django did not accept it either; ${FORGOTTEN}`

const tooMuch = (what: string): string => `${what}; ${FORGOTTEN}`

interface Format {
  readonly pattern: RegExp
  readonly kind: (parts: readonly string[]) => PasswordKind
}

const works = (kind: string): PasswordKind => ({ kind, fails: null })

const pbkdf2 =
  (name: string) =>
  ([iterations = '']: readonly string[]): PasswordKind =>
    isPbkdf2Verified(Number(iterations))
      ? works(name)
      : { kind: `${name}, ${iterations} iterations`, fails: tooMuch('too many iterations') }

const argon2 = ([variant = '', memory = '', passes = '', lanes = '']: readonly string[]): PasswordKind => {
  if (variant === 'argon2d') return { kind: variant, fails: tooMuch('only argon2id and argon2i are verified') }
  const memoryKib = Number(memory)
  if (isArgon2Verified({ memoryKib, passes: Number(passes), lanes: Number(lanes) })) return works(variant)
  if (memoryKib <= HASH_LIMITS.argon2MemoryKib) return { kind: `${variant}, ${passes} passes`, fails: tooMuch('too many passes') }
  const mebibytes = Math.ceil(memoryKib / 1024)
  return { kind: `${variant}, ${mebibytes} MiB`, fails: tooMuch('more than 64 MiB of memory, which the platform does not have') }
}

const scrypt = ([n = '', r = '', p = '']: readonly string[]): PasswordKind =>
  isScryptVerified({ cost: Number(n), blockSize: Number(r), lanes: Number(p) })
    ? works(`scrypt, p=${p}`)
    : { kind: `scrypt, N=${n} r=${r} p=${p}`, fails: tooMuch('more than the platform computes') }

const bcrypt = ([cost = '']: readonly string[]): PasswordKind =>
  isBcryptVerified(Number(cost))
    ? works('bcrypt_sha256')
    : { kind: `bcrypt_sha256, 2^${Number(cost)} rounds`, fails: tooMuch('too many rounds') }

/** Settings of their own, or a Django of the years before 2012. */
const former =
  (kind: string): Format['kind'] =>
  () => ({ kind, fails: NEVER_WORKED })

const FORMATS: readonly Format[] = [
  { pattern: /^pbkdf2_sha256\$(\d{1,10})\$[^$]+\$[A-Za-z0-9+/]{43}=$/, kind: pbkdf2('pbkdf2_sha256') },
  { pattern: /^pbkdf2_sha1\$(\d{1,10})\$[^$]+\$[A-Za-z0-9+/]{27}=$/, kind: pbkdf2('pbkdf2_sha1') },
  { pattern: /^argon2\$(argon2(?:i|d|id))\$v=\d+\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/, kind: argon2 },
  { pattern: /^bcrypt_sha256\$\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/, kind: bcrypt },
  { pattern: /^scrypt\$(\d{1,10})\$[^$]+\$(\d{1,10})\$(\d{1,10})\$[A-Za-z0-9+/]{86}==$/, kind: scrypt },
  { pattern: /^!/, kind: () => ({ kind: 'unusable', fails: 'nobody could log in with it, and nobody can' }) },
  { pattern: /^bcrypt\$/, kind: former('bcrypt') },
  { pattern: /^(?:md5\$[^$]*\$[0-9a-f]{32}|[0-9a-f]{32})$/, kind: former('md5') },
  { pattern: /^sha1\$[^$]*\$[0-9a-f]{40}$/, kind: former('sha1') },
  { pattern: /^crypt\$/, kind: former('crypt') },
  { pattern: /^$/, kind: former('empty') },
]

/** Anything else may be a plain password, which must never be taken as one, nor shown. */
const NO_HASH: PasswordKind = { kind: 'no hash', fails: `it is not a hash, and is never compared with a password; ${FORGOTTEN}` }

export const passwordKind = (stored: string): PasswordKind => {
  for (const { pattern, kind } of FORMATS) {
    const match = pattern.exec(stored)
    if (match) return kind(match.slice(1))
  }
  return NO_HASH
}
