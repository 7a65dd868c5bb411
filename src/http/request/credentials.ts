import { parse } from 'hono/utils/cookie'
import type { TokenProblem } from '../../domain/sessions/authenticate.ts'
import type { CredentialKind, LoginAttempt } from '../../domain/sessions/credentials.ts'

/** Why a request is not authenticated. The first three concern the header alone, the others come from the core. */
export type CredentialProblem = 'absent' | 'empty' | 'malformed' | TokenProblem

export type CredentialSource = 'header' | 'cookie'

/** Thrown when a request needs an account. Each contract has its own response for each problem. */
export class UnauthenticatedError extends Error {
  readonly problem: CredentialProblem
  readonly source: CredentialSource
  constructor(problem: CredentialProblem, source: CredentialSource = 'header') {
    super(`unauthenticated: ${problem}`)
    this.problem = problem
    this.source = source
  }
}

/** Thrown when a browser attached the session cookie to an unsafe request of another site. */
export class CrossSiteError extends Error {}

export const SESSION_COOKIE = 'sessionid'

export interface PresentedCredential {
  readonly token: string
  readonly source: CredentialSource
}

/**
 * The token that a request presents. An `Authorization` header with one of our two schemes wins over the cookie. A header
 * with another scheme is not for us and counts as absent.
 */
export const credentialOf = (request: Request): PresentedCredential | CredentialProblem => {
  const header = request.headers.get('Authorization')?.trim() ?? ''
  const [scheme = '', token, ...more] = header.split(/\s+/)
  if (/^(token|bearer)$/i.test(scheme)) {
    if (token === undefined) return 'empty'
    return more.length > 0 ? 'malformed' : { token, source: 'header' }
  }
  const cookie = sessionCookieOf(request)
  return cookie ? { token: cookie, source: 'cookie' } : 'absent'
}

/**
 * The cookie of a former server may be set for a parent domain. Then a browser sends both, the older one first, and the Worker cannot
 * delete that one. Only our tokens have dots.
 */
export const sessionCookieOf = (request: Request): string | undefined => {
  const cookies = request.headers.get('Cookie')?.split(';') ?? []
  const values = cookies.flatMap((cookie) => parse(cookie, SESSION_COOKIE)[SESSION_COOKIE] ?? [])
  return values.find((value) => value.includes('.')) ?? values[0]
}

/** The token in the header, under any scheme, or in the cookie; null if there is none. */
export const tokenOf = (request: Request): string | null => {
  const [, token, ...more] = (request.headers.get('Authorization')?.trim() ?? '').split(/\s+/)
  if (token !== undefined) return more.length > 0 ? null : token
  return sessionCookieOf(request) ?? null
}

/** What the list of an account's credentials will show about this log-in. */
export const loginAttemptOf = <K extends CredentialKind>(request: Request, kind: K): LoginAttempt<K> => ({
  kind,
  userAgent: request.headers.get('User-Agent') ?? '',
})
