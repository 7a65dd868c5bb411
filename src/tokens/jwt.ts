import { CompactSign, compactVerify, errors } from 'jose'
import { remember } from './remember.ts'

export type TokenType = 'token' | 'access' | 'refresh' | 'session'

const TYPES: ReadonlySet<string> = new Set<TokenType>(['token', 'access', 'refresh', 'session'])
const isTokenType = (value: unknown): value is TokenType => typeof value === 'string' && TYPES.has(value)

/** The claims of a token. Times are in milliseconds. */
export interface Claims {
  readonly type: TokenType
  readonly id: string
  readonly accountId: number
  /** The credential that the token belongs to and is revoked with: its own id, or for an access token the id of its refresh token. */
  readonly credentialId: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** `userId` is the 24-digit id, in the two kinds of token whose clients read it from the payload. */
export interface NewToken extends Omit<Claims, 'issuedAt'> {
  readonly userId: string | null
}

export interface TokenSettings {
  readonly secret: string
  /** Used only to verify, not to sign. Set while keys are rotated. */
  readonly previousSecret: string | null
  /** The key of the former server of meetups. Used only to verify the tokens that it signed. */
  readonly formerSecret: string | null
  readonly issuer: string
}

/** A token of the former server of meetups names its account by the 24-digit id, and no credential. */
export interface FormerClaims extends Pick<Claims, 'issuedAt' | 'expiresAt'> {
  readonly type: 'access' | 'refresh'
  readonly userId: string
}

export interface Tokens {
  sign(token: NewToken, now: number): Promise<string>
  verify(token: string, now: number): Promise<Claims | 'expired' | 'invalid'>
  /** The same for a token of the former server. */
  verifyFormer(token: string, now: number): Promise<FormerClaims | 'expired' | 'invalid'>
}

const ALGORITHM = 'HS256'
const CLOCK_SKEW_SECONDS = 30
const ID = /^[0-9a-f]{32}$/
const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

export const createTokens = (settings: TokenSettings): Tokens => {
  // The keys are imported once: an import costs about as much as one signature.
  const current = keyOf(settings.secret)
  const accepted = settings.previousSecret ? [current, keyOf(settings.previousSecret)] : [current]
  const former = settings.formerSecret ? keyOf(settings.formerSecret) : null
  const verified = new Map<string, Claims>()

  return {
    sign: async (token, now) => {
      const extra = { ...(token.userId && { user_id: token.userId }), ...(token.credentialId !== token.id && { pair: token.credentialId }) }
      const claims = {
        token_type: token.type,
        ...extra,
        iss: settings.issuer,
        sub: String(token.accountId),
        jti: token.id,
        iat: Math.floor(now / 1000),
        exp: Math.floor(token.expiresAt / 1000),
      }
      return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .sign(await current)
    },

    verify: async (token, now) => {
      const cached = verified.get(token)
      if (cached) return checkTimes(cached, now)
      for (const key of accepted) {
        const claims = await verifyWith(await key, token, settings.issuer, now)
        if (claims === 'other-key') continue
        if (typeof claims !== 'string') remember(verified, token, claims)
        return claims
      }
      return 'invalid'
    },

    verifyFormer: async (token, now) => {
      const payload = former && (await payloadOf(await former, token))
      const claims = payload && formerClaimsFrom(payload)
      if (!claims) return 'invalid'
      return claims.expiresAt <= now ? 'expired' : claims
    },
  }
}

/**
 * Clients send the same token many times, and a valid signature stays valid, so only the times of a cached token are checked
 * again. Whether its credential is still valid is decided by the row in the table `credentials`, not here.
 */
const checkTimes = (claims: Claims, now: number): Claims | 'expired' | 'invalid' => {
  const seconds = Math.floor(now / 1000)
  if (claims.expiresAt / 1000 <= seconds - CLOCK_SKEW_SECONDS) return 'expired'
  return claims.issuedAt / 1000 > now / 1000 + CLOCK_SKEW_SECONDS ? 'invalid' : claims
}

const keyOf = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

const verifyWith = async (
  key: CryptoKey,
  token: string,
  issuer: string,
  now: number,
): Promise<Claims | 'expired' | 'invalid' | 'other-key'> => {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [ALGORITHM] })
    const claims = claimsFrom(JSON.parse(new TextDecoder().decode(payload)), issuer)
    return claims ? checkTimes(claims, now) : 'invalid'
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? 'other-key' : 'invalid'
  }
}

const payloadOf = async (key: CryptoKey, token: string): Promise<Readonly<Record<string, unknown>> | null> => {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [ALGORITHM] })
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return null
  }
}

const OBJECT_ID = /^[0-9a-f]{24}$/

/** Null if a claim is missing that SimpleJWT asks for. */
const formerClaimsFrom = ({ token_type: type, jti, user_id: userId, iat, exp }: Readonly<Record<string, unknown>>): FormerClaims | null => {
  if ((type !== 'access' && type !== 'refresh') || typeof jti !== 'string' || typeof exp !== 'number') return null
  if (typeof userId !== 'string' || !OBJECT_ID.test(userId)) return null
  return { type, userId, issuedAt: typeof iat === 'number' ? iat * 1000 : 0, expiresAt: exp * 1000 }
}

/** Null if a claim is missing or has another form than we sign. `nbf` would be a condition, and we never sign it. */
const claimsFrom = (payload: Readonly<Record<string, unknown>> | null, issuer: string): Claims | null => {
  const { iss, sub, jti, iat, exp, nbf, token_type: type, pair } = payload ?? {}
  const accountId = Number(sub)
  if (nbf !== undefined || iss !== issuer || typeof sub !== 'string' || !Number.isSafeInteger(accountId) || accountId < 1) return null
  if (!isTokenType(type) || !isId(jti) || typeof iat !== 'number' || typeof exp !== 'number') return null
  if ((type === 'access' || pair !== undefined) && !isId(pair)) return null
  return { type, id: jti, accountId, credentialId: isId(pair) ? pair : jti, issuedAt: iat * 1000, expiresAt: exp * 1000 }
}
