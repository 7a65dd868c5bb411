import type { DeskEvent } from './alarm.ts'
import { fromBase64Url } from './base64url.ts'
import { HOUR, MINUTE } from './time.ts'

/** Web Push: notifications on the devices of staff, also while no page is open. */

/** What a browser returns when its user allows notifications. The keys are Base64 in the alphabet of URLs. */
export interface PushKeys {
  /** The URL at the browser's push service. With it and the keys, anyone can notify the device. */
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

export interface PushSubscription extends PushKeys {
  readonly id: number
}

/** What a device shows. It passes through the push service, encrypted, and is visible on a locked screen: no name and no health data. */
export interface PushMessage {
  /** A message replaces the one with the same tag, on the device and at the push service. */
  readonly tag: string
  readonly title: string
  /** Whether the device makes no sound. */
  readonly silent: boolean
}

/** `gone`: the device has ended its subscription. */
export type PushOutcome = 'sent' | 'gone' | 'refused' | { readonly retryAfterMs: number | null }

/** The devices of one account. At the limit, a new one replaces the oldest. */
export const MAX_PUSH_DEVICES = 10

/** After this time a message is not sent any more: the next step of an open alarm sends another one. */
export const PUSH_LIFETIME_MS = HOUR

/** A run that was interrupted is repeated after this time. */
export const PUSH_LEASE_MS = MINUTE

const MAX_ENDPOINT_LENGTH = 2048
const P256DH_BYTES = 65
const AUTH_BYTES = 16

/** What an event of the desk makes the devices show; null for an alarm that was cancelled in time. */
export const pushMessageOf = (event: DeskEvent, key: string): PushMessage | null => {
  if (event.type === 'crisis') return { tag: `crisis-${key}`, title: 'Someone may be in danger. Open the console.', silent: false }
  if (event.status === 'open') return { tag: event.alarmId, title: 'An alarm is open. Open the console.', silent: false }
  return event.status === 'acknowledged' ? { tag: event.alarmId, title: 'The alarm is being answered.', silent: true } : null
}

/**
 * Whether requests may be sent to this URL: only to push services that the operator trusts, because an endpoint comes from a
 * client and could otherwise name a host of the operator's own network. `https://*.host` matches every subdomain of the host.
 */
export const isPushEndpoint = (endpoint: string, origins: readonly string[]): boolean => {
  if (endpoint.length > MAX_ENDPOINT_LENGTH || !URL.canParse(endpoint)) return false
  const { origin, protocol, hostname, port, username, password } = new URL(endpoint)
  if (username !== '' || password !== '') return false
  return origins.some((allowed) =>
    allowed.startsWith(WILDCARD)
      ? protocol === 'https:' && port === '' && hostname.endsWith(allowed.slice(WILDCARD.length - 1))
      : origin === allowed,
  )
}

const WILDCARD = 'https://*.'

/** An origin, or `https://*.host`. Plain HTTP only for this machine, where tests have a push service of their own. */
export const isPushOrigin = (text: string): boolean => {
  const plain = text.replace(WILDCARD, 'https://')
  if (!URL.canParse(plain)) return false
  const { origin, protocol, hostname } = new URL(plain)
  return origin === plain && (protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname)))
}

/** A point of the curve P-256 in its uncompressed form. Whether it is on the curve is found out when it is used. */
export const isPublicKey = (key: string): boolean => {
  const bytes = fromBase64Url(key)
  return bytes?.length === P256DH_BYTES && bytes[0] === 4
}

export const arePushKeys = ({ p256dh, auth }: Pick<PushKeys, 'p256dh' | 'auth'>): boolean =>
  isPublicKey(p256dh) && fromBase64Url(auth)?.length === AUTH_BYTES
