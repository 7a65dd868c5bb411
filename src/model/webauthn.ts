import { toBase64Url } from './base64url.ts'
import { hex } from './hex.ts'
import type { ChallengePurpose } from './passkey.ts'

/**
 * What a browser returns when an authenticator is used, verified as in sections 7.1 and 7.2 of WebAuthn Level 3. Without
 * attestation there is no CBOR to decode: the browser itself returns the public key and the authenticator data.
 */

type Bytes = Uint8Array<ArrayBuffer>

const TYPES: Readonly<Record<ChallengePurpose, string>> = { add: 'webauthn.create', confirm: 'webauthn.get' }

/** The challenge that was answered on a page of this origin, not in a frame of another one; null if the data is anything else. */
export const challengeIn = (clientData: Bytes, purpose: ChallengePurpose, origin: string): string | null => {
  const data = parseObject(clientData)
  const isExpected =
    data?.type === TYPES[purpose] && data.origin === origin && (data.crossOrigin ?? false) === false && data.topOrigin === undefined
  return isExpected && typeof data.challenge === 'string' ? data.challenge : null
}

const parseObject = (bytes: Bytes): Partial<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
    return typeof value === 'object' ? { ...value } : null
  } catch {
    return null
  }
}

interface AuthenticatorData {
  readonly signCount: number
  /** The id of a new key, as Base64 in the alphabet of URLs; null in an answer that uses one. */
  readonly webauthnId: string | null
}

/** Flags: a person was present, was verified, the key may be copied to other devices, has been, and the answer brings a new key. */
const [PRESENT, VERIFIED, MAY_BE_COPIED, IS_COPIED, HAS_KEY] = [0x01, 0x04, 0x08, 0x10, 0x40]
const FLAGS_AT = 32
/** The hash, the flags, and the counter. */
const HEADER_BYTES = 37
/** The model of the authenticator, and the length of the id. */
const KEY_HEADER_BYTES = 18

/** Null for data of another server, without a person who was verified (by a PIN or a fingerprint), or in another form. */
export const authenticatorData = (bytes: Bytes, rpIdDigest: string): AuthenticatorData | null => {
  const idAt = HEADER_BYTES + KEY_HEADER_BYTES
  const flags = bytes[FLAGS_AT] ?? 0
  const isVerified = (flags & (PRESENT | VERIFIED)) === (PRESENT | VERIFIED)
  const isWrongCopy = (flags & (MAY_BE_COPIED | IS_COPIED)) === IS_COPIED
  const hasKey = (flags & HAS_KEY) !== 0
  if (bytes.length < (hasKey ? idAt : HEADER_BYTES) || hex(bytes.subarray(0, FLAGS_AT)) !== rpIdDigest || !isVerified || isWrongCopy)
    return null
  const view = new DataView(bytes.buffer)
  const id = hasKey ? bytes.subarray(idAt, idAt + view.getUint16(idAt - 2)) : null
  return { signCount: view.getUint32(FLAGS_AT + 1), webauthnId: id && toBase64Url(id) }
}

const COORDINATE_BYTES = 32
const [SEQUENCE, INTEGER, SIGN_BIT] = [0x30, 0x02, 0x80]

/**
 * A signature of ECDSA on P-256 as WebCrypto reads it, from the DER form in which authenticators write it: a sequence of two
 * positive integers. Null for anything but the one way in which DER writes them. A length always fits in one byte.
 */
export const rawSignature = (der: Bytes): Bytes | null => {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return null
  const raw = new Uint8Array(2 * COORDINATE_BYTES)
  let at = 2
  for (const end of [COORDINATE_BYTES, 2 * COORDINATE_BYTES]) {
    const length = der[at + 1] ?? 0
    const bytes = der.subarray(at + 2, at + 2 + length)
    const [first = SIGN_BIT, second = 0] = bytes
    const hasPadding = first === 0 && length > 1
    if (der[at] !== INTEGER || bytes.length !== length || first >= SIGN_BIT || (hasPadding && second < SIGN_BIT)) return null
    const number = hasPadding ? bytes.subarray(1) : bytes
    if (number.length > COORDINATE_BYTES) return null
    raw.set(number, end - number.length)
    at += 2 + length
  }
  return at === der.length ? raw : null
}
