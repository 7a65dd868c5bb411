import { isRecord, text } from './wire.ts'

/** The REST of this origin, as the pages call it. */

/** The server said no, in its own words. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, said: string) {
    super(said)
    this.status = status
  }
}

const TIMEOUT_MS = 15_000
const NO_ANSWER = 'The server does not answer.'

export type Api = (method: string, path: string, body?: object) => Promise<unknown>

/** With a token it stands in the header; else the browser sends the session's cookie. */
export const createApi =
  (token: () => string | null): Api =>
  async (method, path, body) => {
    const headers = new Headers({ Accept: 'application/json' })
    const presented = token()
    if (presented !== null) headers.set('Authorization', `Token ${presented}`)
    if (body) headers.set('Content-Type', 'application/json')
    const response = await fetch(path, {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: presented === null ? 'same-origin' : 'omit',
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(NO_ANSWER)
    })
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new Refused(response.status, refusalIn(answer) || `The server answered ${response.status}.`)
    return answer
  }

/** `{"detail"}`, `{"error"}`, or texts under the names of fields. */
const refusalIn = (answer: unknown): string => {
  if (!isRecord(answer)) return ''
  const said = text(answer.detail) || text(answer.error)
  return said || Object.values(answer).flat().map(text).filter(Boolean).join(' ')
}

export const isSignedOut = (error: unknown): boolean => error instanceof Refused && error.status === 401

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : NO_ANSWER)
