import { fromBase64Url, toBase64Url } from './base64.ts'

/**
 * The signature of a token: HS256 and nothing else, so the token cannot choose its algorithm (RFC 8725, section 3.1). It is done
 * here with Web Crypto, because a library for all of JOSE is 6 KiB of the compressed Worker.
 */

type JsonObject = Readonly<Record<string, unknown>>

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' }
const HEADER = { alg: 'HS256', typ: 'JWT' }
const PARTS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

export const keyOf = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), ALGORITHM, false, ['sign', 'verify'])

export const signJws = async (payload: JsonObject, key: CryptoKey): Promise<string> => {
  const content = `${encode(HEADER)}.${encode(payload)}`
  const signature = await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(content))
  return `${content}.${toBase64Url(new Uint8Array(signature))}`
}

/** The payload, or why there is none. Web Crypto compares the signatures in constant time. */
export const verifyJws = async (token: string, key: CryptoKey): Promise<JsonObject | 'malformed' | 'other-key'> => {
  const [, header = '', payload = '', signature = ''] = PARTS.exec(token) ?? []
  try {
    const { alg, crit } = decode(header)
    // Nobody can process an extension that the header declares critical.
    if (alg !== HEADER.alg || crit !== undefined) return 'malformed'
    const isAuthentic = await crypto.subtle.verify(
      ALGORITHM,
      key,
      fromBase64Url(signature),
      new TextEncoder().encode(`${header}.${payload}`),
    )
    return isAuthentic ? decode(payload) : 'other-key'
  } catch {
    return 'malformed'
  }
}

const encode = (value: JsonObject): string => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

/** Throws unless it is a JSON object. */
const decode = (text: string): JsonObject => {
  const value: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(text)))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return { ...value }
}
