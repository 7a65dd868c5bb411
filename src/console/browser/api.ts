import { asText, isRecord } from '#chat/values.ts'

/** Calls the REST API of this origin. */

/** The server answered with an error status. The message is the server's error text. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** The body of the response; null if it is not JSON. */
  readonly response: unknown
  constructor(status: number, message: string, response: unknown) {
    super(message)
    this.status = status
    this.response = response
  }

  /** The parts of a page that are loaded later contain a copy of this class. An error of one copy is one of all. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'ApiError'
  }
}

const TIMEOUT_MS = 15_000
const NO_RESPONSE = 'The server did not respond.'

export type Api = (method: string, path: string, body?: object) => Promise<unknown>

/** Sends the token in the Authorization header. Without a token the browser sends the session cookie. */
export const createApi =
  (currentToken: () => string | null): Api =>
  async (method, path, body) => {
    const headers = new Headers({ Accept: 'application/json' })
    const token = currentToken()
    if (token !== null) headers.set('Authorization', `Token ${token}`)
    if (body) headers.set('Content-Type', 'application/json')
    const response = await fetch(path, {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: token === null ? 'same-origin' : 'omit',
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(NO_RESPONSE)
    })
    const json: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new ApiError(response.status, errorIn(json) || `The server responded with status ${response.status}.`, json)
    return json
  }

/** The error text of `{"detail"}` or `{"error"}`, or the texts of field errors. */
export const errorIn = (json: unknown): string => {
  if (!isRecord(json)) return ''
  const message = asText(json.detail) || asText(json.error)
  return message || Object.values(json).flat().map(asText).filter(Boolean).join(' ')
}

export const isUnauthenticated = (error: unknown): boolean => error instanceof ApiError && error.status === 401

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : NO_RESPONSE)
