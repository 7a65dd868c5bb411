import { inflateSync } from 'node:zlib'

/** What can be read from a row of `django_session` without the server's SECRET_KEY. Its signature cannot be checked without it. */

/** `<body>:<time>:<signature>`. A dot before the body: it is compressed. */
const SESSION_DATA = /^(\.?)([\w-]+):[0-9A-Za-z]+:[\w-]+$/

/** A session of Django's has some hundred bytes. */
const MAX_BYTES = 64 * 1024

/** The decoded content of a session; null if Django could not read it. */
export const sessionBody = (data: string): object | null => {
  const body = parsedBody(data)
  return typeof body === 'object' ? body : null
}

const parsedBody = (data: string): unknown => {
  const [, isCompressed, body = ''] = SESSION_DATA.exec(data) ?? []
  if (isCompressed === undefined) return null
  try {
    const bytes = Buffer.from(body, 'base64url')
    return JSON.parse((isCompressed ? inflateSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString())
  } catch {
    return null
  }
}

/** The id of the session's account, as the row contains it; null: it has no account, or a form that Django does not read any more. */
export const accountOfSession = (data: string): string | null => {
  const body = sessionBody(data)
  if (body === null || !('_auth_user_id' in body)) return null
  return typeof body._auth_user_id === 'string' ? body._auth_user_id : null
}
