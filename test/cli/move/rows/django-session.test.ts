import { createHash, createHmac } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readSession } from '../../../../src/cli/move/rows/django-session.ts'

/** Sessions as Django signs them. The fixtures have others, which Django itself has made. */

const SECRET = 'a key of the former server'
const PASSWORD = 'pbkdf2_sha256$1$salt$hash'

const hmac = (salt: string, secret: string, value: string) =>
  createHmac(
    'sha256',
    createHash('sha256')
      .update(salt + secret)
      .digest(),
  ).update(value)

const hashOf = (password: string, secret = SECRET): string =>
  hmac('django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash', secret, password).digest('hex')

const signed = (body: object, secret = SECRET, compress = false): string => {
  const json = Buffer.from(JSON.stringify(body))
  const data = `${compress ? `.${deflateSync(json).toString('base64url')}` : json.toString('base64url')}:1vMabc`
  return `${data}:${hmac('django.contrib.sessions.SessionStoresigner', secret, data).digest('base64url')}`
}

const BODY = { _auth_user_id: '7', _auth_user_backend: 'django.contrib.auth.backends.ModelBackend', _auth_user_hash: hashOf(PASSWORD) }

const endOf = (data: string, secrets = [SECRET], password = PASSWORD): string | null => {
  const read = readSession(data, secrets)
  return 'reason' in read ? read.reason : read.endedBecause(password)
}

test('a session is live with the key that signed it, also as a fallback, compressed or not', () => {
  expect(endOf(signed(BODY))).toBeNull()
  expect(endOf(signed(BODY, SECRET, true))).toBeNull()
  expect(endOf(signed(BODY), ['a newer key', SECRET])).toBeNull()
  expect(readSession(signed(BODY), [SECRET])).toMatchObject({ account: '7' })
})

test.each([
  ['another key', signed(BODY, 'another'), 'signed with none of the keys'],
  ['a changed body', signed(BODY).replace(/^./, 'f'), 'a session in a form that Django does not read any more'],
  ['no account', signed({}), 'a session without an account'],
  ['another way to log in', signed({ ...BODY, _auth_user_backend: 'x' }), 'a session of another way to log in'],
  ['a changed password', signed({ ...BODY, _auth_user_hash: hashOf('other') }), 'a changed password has ended it'],
  ['no hash', signed({ ...BODY, _auth_user_hash: '' }), 'a changed password has ended it'],
  ['the form before Django 3.1', 'YWJjOnt9', 'a session in a form that Django does not read any more'],
])('%s', (_, data, reason) => {
  expect(endOf(data)).toBe(reason)
})

test('cannot be verified without a key', () => {
  expect(endOf(signed(BODY), [])).toBe('without the SECRET_KEY it is not known whether it is live')
})
