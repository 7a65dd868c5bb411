import type { Outcome } from '../model/alarm.ts'

/** What a provider needs to send HTTP requests. */
export interface HttpClient {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly timeoutMs: number
  now(): number
}

interface HttpResult {
  readonly status: number
  readonly json: unknown
  readonly afterMs: number | null
}

/** Sends one request. Null if there was no complete response in time: the request may or may not have arrived. */
export const sendRequest = async (client: HttpClient, url: string, init: RequestInit): Promise<HttpResult | null> => {
  try {
    const response = await client.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(client.timeoutMs) })
    const text = await response.text()
    return { status: response.status, json: parseJson(text), afterMs: retryAfter(response.headers.get('Retry-After'), client.now()) }
  } catch {
    return null
  }
}

/** Null if it is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The header is a number of seconds, or a date. */
const retryAfter = (header: string | null, now: number): number | null => {
  if (header === null) return null
  const at = /^\d{1,9}$/.test(header.trim()) ? now + Number(header) * 1000 : Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

/** A field of a response, as text; null if it is missing. */
export const textField = (json: unknown, name: string): string | null => {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, name) : null
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

/** Sent by gateways between us and the provider. Whether the provider received the message is unknown. */
const MAY_HAVE_ARRIVED = new Set([408, 502, 504, 520, 522, 524])

/** Errors that an operator can correct (a key, an address), or that are temporary: another attempt may succeed. */
const RETRYABLE = new Set([401, 403, 404, 405, 409, 423, 425, 429])

/**
 * What a response means for the message. Of an error only the status and the provider's error code are stored, because the
 * rest of a response may repeat what was sent.
 */
export const outcomeOf = (response: HttpResult | null, { reference, errorCode }: { reference: string; errorCode: string }): Outcome => {
  if (!response) return { type: 'uncertain', reason: 'no response' }
  const { status, json, afterMs } = response
  if (status >= 200 && status < 300) return { type: 'sent', reference: textField(json, reference) }
  const code = textField(json, errorCode) ?? ''
  const reason = /^[\w-]{1,60}$/.test(code) ? `HTTP ${status} ${code}` : `HTTP ${status}`
  if (MAY_HAVE_ARRIVED.has(status)) return { type: 'uncertain', reason }
  if (status >= 500 || status < 400 || RETRYABLE.has(status)) return { type: 'retry', reason, afterMs }
  return { type: 'refused', reason }
}

/** The client of the platform's own fetch. */
export const createHttpClient = (timeoutMs: number): HttpClient => ({
  fetch: (url, init) => fetch(url, init),
  timeoutMs,
  now: () => Date.now(),
})
