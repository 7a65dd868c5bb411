import { asText, fieldsOf, parseJson } from './values.ts'

/** The requests that belong to the chat and are no frames. */

/** The server and the credential of the caller. The same as in a `ConcordClient`, but without the code of the contracts. */
export interface ChatServer {
  /** The origin, for example `https://concord.example`. */
  readonly baseUrl: string
  /** Without one, a page of Concord's own origin sends its session cookie. */
  readonly token?: string | null | undefined
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** The server answered with an error. The message is the server's text, if it sent one. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const TIMEOUT_MS = 15_000

const errorTextOf = (body: string): string => {
  const fields = fieldsOf(parseJson(body))
  const texts = Object.values(fields).flat().map(asText)
  return asText(fields.detail) || asText(fields.error) || texts.filter((text) => text !== '').join(' ')
}

/** Throws `ResponseError` for an error status, and what `fetch` throws if there is no response. */
export const request = async (
  server: ChatServer,
  path: string,
  { body, timeoutMs = TIMEOUT_MS }: { readonly body?: FormData | string; readonly timeoutMs?: number } = {},
): Promise<Response> => {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (server.token) headers.Authorization = `Token ${server.token}`
  if (typeof body === 'string') headers['Content-Type'] = 'application/json'
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), timeoutMs)
  try {
    const response = await (server.fetch ?? fetch)(`${server.baseUrl.replace(/\/$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      signal: controller.signal,
      ...(body !== undefined && { body }),
    })
    if (response.ok) return response
    throw new ResponseError(response.status, errorTextOf(await response.text()) || `The server responded with status ${response.status}.`)
  } finally {
    clearTimeout(timer)
  }
}
