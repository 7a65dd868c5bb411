import type { Outcome } from './carrier.ts'

/** What a carrier that speaks HTTP is made with. */
export interface Wire {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly timeoutMs: number
  now(): number
}

interface Heard {
  readonly status: number
  readonly json: unknown
  readonly afterMs: number | null
}

/** One request. Null where it got no answer in time, or none at all: it may have arrived, and it may not. */
export const ask = async (wire: Wire, url: string, init: RequestInit): Promise<Heard | null> => {
  try {
    const response = await wire.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(wire.timeoutMs) })
    const text = await response.text()
    return { status: response.status, json: parsed(text), afterMs: retryAfter(response.headers.get('Retry-After'), wire.now()) }
  } catch {
    return null
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Seconds, or a date. */
const retryAfter = (header: string | null, now: number): number | null => {
  if (header === null) return null
  const at = /^\d{1,9}$/.test(header.trim()) ? now + Number(header) * 1000 : Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

/** A field of an answer, as text; null where it is not there. */
export const told = (json: unknown, name: string): string | null => {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, name) : null
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

/** Whoever stands between us and the provider answers so: what became of the message behind them, they don't know. */
const MAY_HAVE_ARRIVED = new Set([408, 502, 504, 520, 522, 524])

/** Wrong until an operator puts it right (a key, an address), or until something else is over: worth another try. */
const PASSING = new Set([401, 403, 404, 405, 409, 423, 425, 429])

/**
 * What an answer means for the message. Of what went wrong only the status and the provider's own word for it are kept:
 * the rest of an answer may repeat what was sent.
 */
export const outcomeOf = (heard: Heard | null, { reference, word }: { reference: string; word: string }): Outcome => {
  if (!heard) return { is: 'uncertain', why: 'no answer' }
  const { status, json, afterMs } = heard
  if (status >= 200 && status < 300) return { is: 'sent', reference: told(json, reference) }
  const said = told(json, word) ?? ''
  const why = /^[\w-]{1,60}$/.test(said) ? `HTTP ${status} ${said}` : `HTTP ${status}`
  if (MAY_HAVE_ARRIVED.has(status)) return { is: 'uncertain', why }
  if (status >= 500 || status < 400 || PASSING.has(status)) return { is: 'retry', why, afterMs }
  return { is: 'refused', why }
}
