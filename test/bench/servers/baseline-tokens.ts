/** HS256 with Web Crypto and without a library: the least work that verifying and signing a token needs. */

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

let importedKey: Promise<CryptoKey> | undefined
const keyOf = (secret: string): Promise<CryptoKey> => {
  importedKey ??= crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  return importedKey
}

interface Claims {
  readonly sub: string
  readonly jti: string
  readonly iss: string
  readonly iat: number
  readonly exp: number
  readonly token_type: string
  readonly pair?: string
}

export const verify = async (token: string, secret: string): Promise<Claims | null> => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const key = await keyOf(secret)
  if (!(await crypto.subtle.verify('HMAC', key, fromBase64Url(signature), encoder.encode(`${header}.${payload}`)))) return null
  const claims: Claims = JSON.parse(decoder.decode(fromBase64Url(payload)))
  return claims.iss === 'concord' && claims.exp > Date.now() / 1000 ? claims : null
}

const HEADER = toBase64Url(encoder.encode('{"alg":"HS256","typ":"JWT"}'))

export const sign = async (claims: object, secret: string): Promise<string> => {
  const signingInput = `${HEADER}.${toBase64Url(encoder.encode(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign('HMAC', await keyOf(secret), encoder.encode(signingInput))
  return `${signingInput}.${toBase64Url(new Uint8Array(signature))}`
}
