import { toBase64Url } from '../../src/model/base64url.ts'

/** An authenticator and the browser in front of it, as far as the server sees them. */

type Bytes = Uint8Array<ArrayBuffer>

const text = (value: string): Bytes => Uint8Array.from(new TextEncoder().encode(value))
const digest = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const concat = (...parts: Bytes[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]))

/** A positive integer as DER writes it. */
const derInteger = (bytes: Bytes): number[] => {
  const start = bytes.findIndex((byte) => byte !== 0)
  const number = [...bytes.subarray(start < 0 ? bytes.length - 1 : start)]
  const padded = (number[0] ?? 0) >= 0x80 ? [0, ...number] : number
  return [0x02, padded.length, ...padded]
}

/** The form in which authenticators write a signature, from that of WebCrypto. */
const derSignature = (raw: Bytes): Bytes => {
  const body = [...derInteger(raw.slice(0, 32)), ...derInteger(raw.slice(32))]
  return Uint8Array.from([0x30, body.length, ...body])
}

export const FLAGS = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, hasKey: 0x40 }

/** False values that a test can make the browser or the authenticator return. */
export interface Lies {
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  readonly flags?: number
  readonly signCount?: number
  readonly clientData?: Readonly<Record<string, unknown>>
}

const ALGORITHMS = {
  ES256: [-7, { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }],
  RS256: [-257, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.from([1, 0, 1]) }],
} as const

export class Authenticator {
  readonly id = crypto.getRandomValues(new Uint8Array(20))
  readonly #origin: string
  readonly #algorithm: keyof typeof ALGORITHMS
  readonly #keys: Promise<CryptoKeyPair>
  /** 0: it does not count. */
  signCount = 0

  constructor(origin: string, algorithm: keyof typeof ALGORITHMS = 'ES256') {
    this.#origin = origin
    this.#algorithm = algorithm
    this.#keys = createKeys(algorithm)
  }

  async #answer(type: string, challenge: string, lies: Lies, flags: number, rest: Bytes = new Uint8Array()) {
    const data = { type: lies.type ?? type, challenge, origin: lies.origin ?? this.#origin, crossOrigin: false, ...lies.clientData }
    const header = new DataView(new ArrayBuffer(5))
    header.setUint8(0, lies.flags ?? flags)
    header.setUint32(1, lies.signCount ?? this.signCount)
    const rpIdHash = await digest(text(lies.rpId ?? new URL(this.#origin).hostname))
    const [clientData, authenticatorData] = [text(JSON.stringify(data)), concat(rpIdHash, new Uint8Array(header.buffer), rest)]
    return { clientData, authenticatorData }
  }

  /** The body of the request that registers its passkey. */
  async create(challenge: string, lies: Lies = {}) {
    const length = Uint8Array.from([0, this.id.length])
    const key = concat(new Uint8Array(16), length, this.id, text('a key in COSE'))
    const { present, verified, hasKey } = FLAGS
    const { clientData, authenticatorData } = await this.#answer('webauthn.create', challenge, lies, present | verified | hasKey, key)
    const { publicKey } = await this.#keys
    const spki = await crypto.subtle.exportKey('spki', publicKey)
    return {
      id: toBase64Url(this.id),
      client_data: toBase64Url(clientData),
      authenticator_data: toBase64Url(authenticatorData),
      public_key: spki instanceof ArrayBuffer ? toBase64Url(new Uint8Array(spki)) : '',
      algorithm: ALGORITHMS[this.#algorithm][0],
    }
  }

  /** The body of the request that confirms a log-in. */
  async sign(challenge: string, lies: Lies = {}) {
    const { present, verified } = FLAGS
    const { clientData, authenticatorData } = await this.#answer('webauthn.get', challenge, lies, present | verified)
    const signed = concat(authenticatorData, await digest(clientData))
    const { privateKey } = await this.#keys
    const raw = new Uint8Array(await crypto.subtle.sign(ALGORITHMS[this.#algorithm][1], privateKey, signed))
    return {
      id: toBase64Url(this.id),
      client_data: toBase64Url(clientData),
      authenticator_data: toBase64Url(authenticatorData),
      signature: toBase64Url(this.#algorithm === 'ES256' ? derSignature(raw) : raw),
    }
  }
}

const createKeys = async (algorithm: keyof typeof ALGORITHMS): Promise<CryptoKeyPair> => {
  const keys = await crypto.subtle.generateKey(ALGORITHMS[algorithm][1], true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error('no pair of keys')
  return keys
}
