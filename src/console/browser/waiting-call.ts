import { asText, isRecord } from './wire.ts'

/**
 * A call for help that was pressed and has not reached the server yet. It is kept in the browser's storage, one per account,
 * so that it survives a reload and the end of the tab. It holds no text and no credential.
 */
export interface WaitingCall {
  /** Tells the server which requests are the same call: it starts one alarm, however often the request is repeated. */
  readonly id: string
  readonly pressedAt: number
}

/** An older call is not sent by itself: the person may be safe by now, and their contacts would be alarmed for nothing. */
const LIFETIME_MS = 15 * 60_000

const KEY_PREFIX = 'concord.call.'

export const callKey = (userId: number): string => `${KEY_PREFIX}${userId}`

export const parseCall = (stored: string | null): WaitingCall | null => {
  try {
    const value: unknown = JSON.parse(stored ?? 'null')
    if (!isRecord(value) || typeof value.pressedAt !== 'number') return null
    const id = asText(value.id)
    return id === '' ? null : { id, pressedAt: value.pressedAt }
  } catch {
    return null
  }
}

/** A clock that was set back makes a call seem to lie in the future. Then its age is unknown, and the person is asked as well. */
export const isExpired = ({ pressedAt }: WaitingCall, now: number): boolean => now < pressedAt || now - pressedAt > LIFETIME_MS

export const loadCall = (userId: number): WaitingCall | null => {
  try {
    return parseCall(localStorage.getItem(callKey(userId)))
  } catch {
    return null
  }
}

export const saveCall = (userId: number, call: WaitingCall | null): void => {
  try {
    if (call) localStorage.setItem(callKey(userId), JSON.stringify(call))
    else localStorage.removeItem(callKey(userId))
  } catch {
    // Storage is not available: the call lives only in this page.
  }
}
