import { fromBase64Url } from '../model/base64url.ts'
import type { PushKeys } from '../model/push.ts'

/** Encrypts what a push service passes on: RFC 8291, with the content encoding `aes128gcm` of RFC 8188. */

const ECDH = { name: 'ECDH', namedCurve: 'P-256' }
const SALT_BYTES = 16
/** One record holds everything: the platform's limit of a message is 4096 bytes. */
const RECORD_SIZE = 4096
/** Marks the end of the last record. */
const LAST = 2

const encode = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))

const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

const hkdf = async (secret: BufferSource, salt: BufferSource, info: Uint8Array<ArrayBuffer>, bytes: number) => {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, bytes * 8))
}

/** The key pair and the salt of one message. Both are used once. */
interface Once {
  readonly keys: CryptoKeyPair
  readonly salt: Uint8Array<ArrayBuffer>
}

export const newOnce = async (): Promise<Once> => {
  const keys = await crypto.subtle.generateKey(ECDH, true, ['deriveBits'])
  if (!('privateKey' in keys)) throw new Error('no key pair')
  return { keys, salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)) }
}

/** Throws if the device's key is not a point of the curve. */
export const encryptPush = async (
  payload: string,
  { p256dh, auth }: Pick<PushKeys, 'p256dh' | 'auth'>,
  { keys, salt }: Once,
): Promise<Uint8Array<ArrayBuffer>> => {
  const [device, authSecret] = [fromBase64Url(p256dh), fromBase64Url(auth)]
  if (!device || !authSecret) throw new Error('invalid keys')
  const deviceKey = await crypto.subtle.importKey('raw', device, ECDH, false, [])
  const sender = new Uint8Array(await exportRaw(keys.publicKey))
  // A variable, because the platform's type gives `public` another name.
  const agreement = { name: 'ECDH', public: deviceKey }
  const shared = await crypto.subtle.deriveBits(agreement, keys.privateKey, 256)
  const secret = await hkdf(shared, authSecret, concat(encode('WebPush: info\0'), device, sender), 32)
  const [contentKey, nonce] = await Promise.all([
    hkdf(secret, salt, encode('Content-Encoding: aes128gcm\0'), 16),
    hkdf(secret, salt, encode('Content-Encoding: nonce\0'), 12),
  ])
  const key = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt'])
  const record = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, concat(encode(payload), Uint8Array.of(LAST)))
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, RECORD_SIZE)
  return concat(salt, size, Uint8Array.of(sender.length), sender, new Uint8Array(record))
}

const exportRaw = async (key: CryptoKey): Promise<ArrayBuffer> => {
  const exported = await crypto.subtle.exportKey('raw', key)
  if (!(exported instanceof ArrayBuffer)) throw new Error('not raw')
  return exported
}
