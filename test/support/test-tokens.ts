import { SignJWT } from 'jose'

const TEST_SECRET = 'a JWT secret that only the tests use'

interface TokenFields {
  readonly sub?: string
  readonly jti?: string
  readonly type?: string
  readonly pair?: string
  readonly issuer?: string
  readonly secret?: string
  /** Seconds from now. */
  readonly expiresIn?: number
}

export const newJti = (): string => crypto.randomUUID().replaceAll('-', '')

/** A token as the Worker would sign it, except for the given fields. */
export const signTestToken = ({
  sub = '1',
  jti = newJti(),
  type = 'token',
  pair,
  issuer = 'concord',
  secret = TEST_SECRET,
  expiresIn = 3600,
}: TokenFields = {}): Promise<string> => {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ token_type: type, ...(pair !== undefined && { pair }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(now - 7200)
    .setExpirationTime(now + expiresIn)
    .sign(new TextEncoder().encode(secret))
}

/** The payload of a token, read without verification, as a client does. */
export const payloadOf = (token: string): Record<string, unknown> => {
  const part = token.split('.')[1] ?? ''
  const payload: unknown = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
  return { ...Object(payload) }
}
