import { SECOND } from '../../../model/time.ts'
import { CliError } from '../../cli-error.ts'

/** Requests to a running Worker. */

export type Fetch = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>>; readonly redirect: 'manual'; readonly signal: AbortSignal },
) => Promise<Response>

export interface Answer {
  readonly status: number
  readonly type: string
  /** Undefined if it is no JSON. */
  readonly body: unknown
  /** The path of the next page of a list. */
  readonly next: string | null
}

export interface Ask {
  (path: string, headers: Readonly<Record<string, string>>): Promise<Answer>
  /** How many requests were sent. */
  readonly requests: () => number
}

const TIMEOUT_MS = 30 * SECOND
const RETRY_AFTER_MS = 500

const NEXT = /<([^>]+)>;\s*rel="next"/

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Pages in a header (`Link`), or in the body as Django has them. */
const nextOf = (response: Response, body: unknown): string | null => {
  const [, linked] = NEXT.exec(response.headers.get('Link') ?? '') ?? []
  if (linked !== undefined) return pathOf(linked)
  const next: unknown = typeof body === 'object' && body !== null && 'next' in body ? body.next : null
  return typeof next === 'string' && URL.canParse(next) ? pathOf(next) : null
}

/**
 * A redirect is not followed: the credential is for this address only. A request that gets no answer, or that the Worker fails to
 * answer, is sent a second time, because all requests only read.
 */
export const createAsk = (origin: string, fetch: Fetch, pause = RETRY_AFTER_MS): Ask => {
  let requests = 0
  const send = async (path: string, headers: Readonly<Record<string, string>>): Promise<Answer | Error> => {
    requests++
    try {
      const response = await fetch(origin + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
      const type = response.headers.get('Content-Type') ?? ''
      const text = await response.text()
      const body = type.startsWith('application/json') ? parsed(text) : undefined
      return { status: response.status, type, body, next: nextOf(response, body) }
    } catch (error) {
      return error instanceof Error ? error : new Error(`${error}`)
    }
  }
  const isFailure = (answer: Answer | Error): boolean => answer instanceof Error || answer.status >= 500
  const ask = async (path: string, headers: Readonly<Record<string, string>>): Promise<Answer> => {
    const first = await send(path, headers)
    if (isFailure(first)) await new Promise((resolve) => setTimeout(resolve, pause))
    const answer = isFailure(first) ? await send(path, headers) : first
    if (answer instanceof Error) throw new CliError(`${origin} does not answer: ${answer.message}`)
    return answer
  }
  return Object.assign(ask, { requests: () => requests })
}
