import { fromBase64Url } from '../model/base64url.ts'
import type { PasskeyKey } from '../model/passkey.ts'
import { rawSignature } from '../model/webauthn.ts'

/**
 * Signatures of passkeys, by the algorithms that nearly all authenticators have: ES256 and RS256, by their numbers in COSE. Not by Ed25519:
 * the platform imports any key as one of that algorithm, so that a wrong key would be stored.
 */

const ES256 = -7
const RS256 = -257

const parametersOf = (algorithm: number) => {
  if (algorithm === ES256) return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  return algorithm === RS256 ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : null
}

type PublicKey = Pick<PasskeyKey, 'publicKey' | 'algorithm'>

const importKey = async ({ publicKey, algorithm }: PublicKey): Promise<CryptoKey | null> => {
  const parameters = parametersOf(algorithm)
  const bytes = fromBase64Url(publicKey)
  if (!parameters || !bytes) return null
  return crypto.subtle.importKey('spki', bytes, parameters, false, ['verify']).catch(() => null)
}

/** Whether it is a key of one of the algorithms. */
export const isPublicKey = async (key: PublicKey): Promise<boolean> => (await importKey(key)) !== null

interface Signed {
  /** As Base64 in the alphabet of URLs. */
  readonly signature: string
  /** The authenticator data. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly clientData: Uint8Array<ArrayBuffer>
}

/** Whether the authenticator of this key has signed what it answered. */
export const isSignedBy = async (key: PublicKey, { signature, bytes, clientData }: Signed): Promise<boolean> => {
  const [parameters, imported] = [parametersOf(key.algorithm), await importKey(key)]
  const decoded = fromBase64Url(signature)
  const raw = decoded && key.algorithm === ES256 ? rawSignature(decoded) : decoded
  if (!parameters || !imported || !raw) return false
  const signed = await new Blob([bytes, await crypto.subtle.digest('SHA-256', clientData)]).arrayBuffer()
  return crypto.subtle.verify(parameters, imported, raw, signed).catch(() => false)
}
