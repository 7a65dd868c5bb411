import { expect, test } from 'vitest'
import { passwordKind } from '../../../../src/cli/move/inspect/password-kinds.ts'

/** Each form that Django has ever written, and what is none. */

const HASH_32 = `${'A'.repeat(43)}=`

test.each([
  ['pbkdf2_sha256', `pbkdf2_sha256$720000$salt$${HASH_32}`],
  ['pbkdf2_sha256', `pbkdf2_sha256$10000$s$${HASH_32}`],
  ['pbkdf2_sha1', `pbkdf2_sha1$870000$salt$${'A'.repeat(27)}=`],
  ['argon2id', 'argon2$argon2id$v=19$m=65536,t=2,p=8$c2FsdA$aGFzaA'],
  ['argon2i', 'argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdA$aGFzaA'],
  ['bcrypt_sha256', `bcrypt_sha256$$2b$12$${'a'.repeat(53)}`],
  ['scrypt, p=1', `scrypt$16384$salt$8$1$${'A'.repeat(86)}==`],
  ['scrypt, p=5', `scrypt$16384$salt$8$5$${'A'.repeat(86)}==`],
])('%s verifies: %s', (kind, stored) => {
  expect(passwordKind(stored)).toEqual({ kind, fails: null })
})

test.each([
  ['argon2id, 100 MiB', 'argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA', /64 MiB/],
  ['argon2id, 65 MiB', 'argon2$argon2id$v=19$m=65537,t=2,p=8$c2FsdA$aGFzaA', /64 MiB/],
  ['argon2d', 'argon2$argon2d$v=19$m=512,t=2,p=2$c2FsdA$aGFzaA', /only argon2id/],
  ['argon2id, 5 passes', 'argon2$argon2id$v=19$m=65536,t=5,p=8$c2FsdA$aGFzaA', /too many passes/],
  ['bcrypt_sha256, 2^15 rounds', `bcrypt_sha256$$2b$15$${'a'.repeat(53)}`, /too many rounds/],
  ['scrypt, N=65536 r=8 p=1', `scrypt$65536$salt$8$1$${'A'.repeat(86)}==`, /more than the platform/],
  ['scrypt, N=65536 r=8 p=5', `scrypt$65536$salt$8$5$${'A'.repeat(86)}==`, /more than the platform/],
  ['pbkdf2_sha256, 9000000 iterations', `pbkdf2_sha256$9000000$salt$${HASH_32}`, /too many iterations/],
  ['unusable', '!gL4qGmy2g2JopxEz8wBGbpwPGahn8Gs9eIYZ2J1J', /no one could/],
  ['unusable', '!', /no one could/],
  ['bcrypt', `bcrypt$$2b$12$${'a'.repeat(53)}`, /Django did not/],
  ['md5', `md5$salt$${'0'.repeat(32)}`, /Django did not/],
  ['md5', '0'.repeat(32), /Django did not/],
  ['md5', `md5$$${'0'.repeat(32)}`, /Django did not/],
  ['sha1', `sha1$$${'0'.repeat(40)}`, /Django did not/],
  ['crypt', 'crypt$$ab.defgh', /Django did not/],
  ['empty', '', /Django did not/],
])('%s does not: %s', (kind, stored, fails) => {
  expect(passwordKind(stored)).toEqual({ kind, fails: expect.stringMatching(fails) })
})

test.each(['correct horse 7', 'pbkdf2_sha256$720000$salt$short', 'pbkdf2_sha256', '$argon2id$v=19$m=1', 'scrypt$1$2'])(
  'what is no hash is not shown: %s',
  (stored) => {
    const { kind, fails } = passwordKind(stored)
    expect(kind).toBe('no hash')
    expect(fails).not.toContain(stored)
  },
)
