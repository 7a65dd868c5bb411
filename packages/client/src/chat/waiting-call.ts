import { asText, isRecord, parseJson } from './values.ts'

/** A call for help that was pressed and has not reached the server yet. It holds no text and no credential. */
export interface WaitingCall {
  /** Identifies the call: the server starts one alarm for it, however often the request is repeated. */
  readonly id: string
  readonly pressedAt: number
}

/** An older call is not sent by itself: the person may be safe by now, and their contacts would be alarmed for nothing. */
const LIFETIME_MS = 15 * 60_000

export const parseCall = (stored: string | null): WaitingCall | null => {
  const value = parseJson(stored)
  if (!isRecord(value) || typeof value.pressedAt !== 'number') return null
  const id = asText(value.id)
  return id === '' ? null : { id, pressedAt: value.pressedAt }
}

/** A clock that was set back makes a call seem to lie in the future. Then its age is unknown, and the person is asked as well. */
export const isExpired = ({ pressedAt }: WaitingCall, now: number): boolean => now < pressedAt || now - pressedAt > LIFETIME_MS
