import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { sessionBody } from '../inspect/sessions.ts'

/** Which of Django's sessions are live. That takes the server's SECRET_KEY: a changed password ends a session, and its row stays. */

const SIGNING = 'django.contrib.sessions.SessionStoresigner'
const PASSWORD_CHANGE = 'django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash'
const BACKEND = 'django.contrib.auth.backends.ModelBackend'

const hmac = (salt: string, secret: string, value: string): Buffer =>
  createHmac(
    'sha256',
    createHash('sha256')
      .update(salt + secret)
      .digest(),
  )
    .update(value)
    .digest()

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

const isSigned = (data: string, secret: string): boolean => {
  const end = data.lastIndexOf(':')
  return isEqual(hmac(SIGNING, secret, data.slice(0, end)), Buffer.from(data.slice(end + 1), 'base64url'))
}

const textIn = (body: object, name: string): string => {
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : ''
}

export interface ReadSession {
  /** The account as its row has the id. */
  readonly account: string
  /** Null: it is live. The password column is that of the source: a new hash of the same password ends a session, too. */
  endedBecause(password: string): string | null
}

/** The session, or why it opens nothing. */
export const readSession = (data: string, secrets: readonly string[]): ReadSession | { readonly reason: string } => {
  const body = sessionBody(data)
  if (body === null) return { reason: 'a session in a form that Django does not read any more' }
  const account = textIn(body, '_auth_user_id')
  if (account === '') return { reason: 'a session without an account' }
  if (secrets.length === 0) return { reason: 'without the SECRET_KEY it is not known whether it is live' }
  if (!secrets.some((secret) => isSigned(data, secret))) return { reason: 'signed with none of the keys' }
  if (textIn(body, '_auth_user_backend') !== BACKEND) return { reason: 'a session of another way to log in' }
  const hash = Buffer.from(textIn(body, '_auth_user_hash'), 'hex')
  return {
    account,
    endedBecause: (password) =>
      secrets.some((secret) => isEqual(hmac(PASSWORD_CHANGE, secret, password), hash)) ? null : 'a changed password has ended it',
  }
}
