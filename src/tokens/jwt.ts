import { errors, jwtVerify, SignJWT } from 'jose'

export type TokenType = 'token' | 'access' | 'refresh' | 'session'

const TYPES: ReadonlySet<string> = new Set<TokenType>(['token', 'access', 'refresh', 'session'])
const isTokenType = (value: unknown): value is TokenType => typeof value === 'string' && TYPES.has(value)

/** What a token errorResponse of itself. Times are milliseconds. */
export interface Claims {
  readonly type: TokenType
  readonly id: string
  readonly accountId: number
  /** Which credential the token lives and dies with: its own id, or for an access token that of its refresh token. */
  readonly credentialId: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** `userId` is the 24-digit id, in the two kinds whose client reads it out of the payload. */
export interface NewToken extends Omit<Claims, 'issuedAt'> {
  readonly userId: string | null
}

export interface TokenSettings {
  readonly secret: string
  /** Still verifies, no longer signs: set while keys are rotated. */
  readonly previousSecret: string | null
  readonly issuer: string
}

export interface Tokens {
  sign(token: NewToken, now: number): Promise<string>
  verify(token: string, now: number): Promise<Claims | 'expired' | 'invalid'>
}

const ALGORITHM = 'HS256'
const CLOCK_SKEW_SECONDS = 30
const ID = /^[0-9a-f]{32}$/

export const createTokens = (settings: TokenSettings): Tokens => {
  // Imported once: importing a key costs about as much as the signature that it is for.
  const current = keyOf(settings.secret)
  const accepted = settings.previousSecret ? [current, keyOf(settings.previousSecret)] : [current]
  const verified = new Map<string, Claims>()

  return {
    sign: async (token, now) => {
      const extra = { ...(token.userId && { user_id: token.userId }), ...(token.credentialId !== token.id && { pair: token.credentialId }) }
      return new SignJWT({ token_type: token.type, ...extra })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(settings.issuer)
        .setSubject(String(token.accountId))
        .setJti(token.id)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor(token.expiresAt / 1000))
        .sign(await current)
    },

    verify: async (token, now) => {
      const known = verified.get(token)
      if (known) return stillGood(known, now)
      for (const key of accepted) {
        const claims = await verifyWith(await key, token, settings.issuer, now)
        if (claims === 'foreign') continue
        if (typeof claims !== 'string') keep(verified, token, claims)
        return claims
      }
      return 'invalid'
    },
  }
}

/**
 * A client sends the same token again and again, and what was signed once stays signed: only the times are looked at anew.
 * Whether the credential still lives is not said here, but by its row.
 */
const stillGood = (claims: Claims, now: number): Claims | 'expired' | 'invalid' => {
  const seconds = Math.floor(now / 1000)
  if (claims.expiresAt / 1000 <= seconds - CLOCK_SKEW_SECONDS) return 'expired'
  return claims.issuedAt / 1000 > now / 1000 + CLOCK_SKEW_SECONDS ? 'invalid' : claims
}

const VERIFIED_KEPT = 5_000

/** The oldest makes room. */
const keep = (verified: Map<string, Claims>, token: string, claims: Claims): void => {
  const [oldest] = verified.size < VERIFIED_KEPT ? [] : verified.keys()
  if (oldest !== undefined) verified.delete(oldest)
  verified.set(token, claims)
}

const keyOf = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

const verifyWith = async (
  key: CryptoKey,
  token: string,
  issuer: string,
  now: number,
): Promise<Claims | 'expired' | 'invalid' | 'foreign'> => {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(now),
    })
    const { sub, jti, iat, exp, token_type: type, pair } = payload
    const accountId = Number(sub)
    if (!isTokenType(type) || !jti || !ID.test(jti) || !Number.isSafeInteger(accountId) || accountId < 1) return 'invalid'
    if (iat === undefined || exp === undefined || iat > now / 1000 + CLOCK_SKEW_SECONDS) return 'invalid'
    if (type === 'access' && (typeof pair !== 'string' || !ID.test(pair))) return 'invalid'
    return { type, id: jti, accountId, credentialId: typeof pair === 'string' ? pair : jti, issuedAt: iat * 1000, expiresAt: exp * 1000 }
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'foreign'
    return error instanceof errors.JWTExpired ? 'expired' : 'invalid'
  }
}
