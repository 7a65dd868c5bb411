import { fromBase64Url, toBase64Url } from '../model/base64url.ts'
import { PUSH_LIFETIME_MS, type PushOutcome } from '../model/push.ts'
import type { PushSettings } from '../model/settings.ts'
import { HOUR, SECOND } from '../model/time.ts'
import type { WebPush } from './carrier.ts'
import { type HttpClient, outcomeOf, sendRequest } from './http.ts'
import { encryptPush, newOnce } from './push-encryption.ts'

/** RFC 8292 allows a day at most. */
const TOKEN_LIFETIME_MS = 12 * HOUR

const encodeJson = (value: object): string => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

/** The operator's key, as a key that signs. The public key holds both coordinates of the point. */
const signingKey = ({ publicKey, privateKey }: PushSettings): Promise<CryptoKey> => {
  const point = fromBase64Url(publicKey) ?? new Uint8Array()
  const [x, y] = [toBase64Url(point.subarray(1, 33)), toBase64Url(point.subarray(33))]
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y, d: privateKey }, algorithm, false, ['sign'])
}

/** Signs that the message comes from the operator (RFC 8292): push services require it, and tell the operator of problems. */
const authorizationFor = async (endpoint: string, settings: PushSettings, now: number): Promise<string> => {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((now + TOKEN_LIFETIME_MS) / SECOND), sub: settings.subject }
  const content = `${encodeJson({ typ: 'JWT', alg: 'ES256' })}.${encodeJson(claims)}`
  const key = await signingKey(settings)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(content))
  return `vapid t=${content}.${toBase64Url(new Uint8Array(signature))}, k=${settings.publicKey}`
}

const send = async (client: HttpClient, settings: PushSettings, ...[keys, message]: Parameters<WebPush['send']>): Promise<PushOutcome> => {
  const body = await newOnce()
    .then((once) => encryptPush(JSON.stringify(message), keys, once))
    .catch(() => null)
  if (!body) return 'refused' // The device's key is not a point of the curve.
  const response = await sendRequest(client, keys.endpoint, {
    method: 'POST',
    headers: {
      Authorization: await authorizationFor(keys.endpoint, settings, client.now()),
      'Content-Encoding': 'aes128gcm',
      'Content-Type': 'application/octet-stream',
      TTL: String(PUSH_LIFETIME_MS / SECOND),
      Urgency: 'high',
    },
    body,
  })
  if (response?.status === 404 || response?.status === 410) return 'gone'
  const outcome = outcomeOf(response, { reference: 'id', errorCode: 'errno' })
  if (outcome.type === 'sent' || outcome.type === 'refused') return outcome.type
  // A message that may have arrived is sent again: it replaces the first one on the device.
  return { retryAfterMs: outcome.type === 'retry' ? outcome.afterMs : null }
}

/** Sends messages to push services. Nothing else is requested of them, and redirects are not followed. */
export const createWebPush = (settings: PushSettings, client: HttpClient): WebPush => ({
  publicKey: settings.publicKey,
  origins: settings.origins,
  send: (keys, message) => send(client, settings, keys, message),
})
