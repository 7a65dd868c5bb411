import type { MiddlewareHandler } from 'hono'
import type { Actor, Context, MemberContext } from '../domain/context.ts'
import { authenticate, type TokenProblem } from '../domain/sessions/authenticate.ts'
import type { CredentialKind, LoginAttempt } from '../domain/sessions/credentials.ts'
import type { AppEnv } from './app-env.ts'

/** Why a request is nobody's. The first three are about the header alone, the rest is what the core errorResponse of the token. */
export type CredentialProblem = 'absent' | 'empty' | 'malformed' | TokenProblem

/** How a credential came. */
export type CredentialSource = 'header' | 'cookie'

/** Thrown when a request needs an account and bears none; each dialect has its own words for each problem. */
export class Unauthenticated extends Error {
  readonly problem: CredentialProblem
  readonly by: CredentialSource
  constructor(problem: CredentialProblem, by: CredentialSource = 'header') {
    super(`unauthenticated: ${problem}`)
    this.problem = problem
    this.by = by
  }
}

/** Thrown when a browser sent the session cookie along for another site. */
export class CrossSite extends Error {}

export const SESSION_COOKIE = 'sessionid'

export interface PresentedCredential {
  readonly token: string
  readonly by: CredentialSource
}

/**
 * The token of a request, however it came. A header with one of our two schemes decides, even where a cookie stands
 * beside it; another scheme is somebody else's business and counts as none.
 */
export const credentialOf = (request: Request): PresentedCredential | CredentialProblem => {
  const header = request.headers.get('Authorization')?.trim() ?? ''
  const [scheme = '', token, ...more] = header.split(/\s+/)
  if (/^(token|bearer)$/i.test(scheme)) {
    if (token === undefined) return 'empty'
    return more.length > 0 ? 'malformed' : { token, by: 'header' }
  }
  const cookie = cookieOf(request, SESSION_COOKIE)
  return cookie ? { token: cookie, by: 'cookie' } : 'absent'
}

const cookieOf = (request: Request, name: string): string | undefined => {
  for (const pair of (request.headers.get('Cookie') ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}

/** The token in the header whatever the scheme is called, or in the cookie; null where there is none. */
export const tokenOf = (request: Request): string | null => {
  const [, token, ...more] = (request.headers.get('Authorization')?.trim() ?? '').split(/\s+/)
  if (token !== undefined) return more.length > 0 ? null : token
  return cookieOf(request, SESSION_COOKIE) ?? null
}

/** Who knocks at a kind: what the list of an account's live credentials will say of this one. */
export const loginAttemptOf = (request: Request, kind: CredentialKind): LoginAttempt => ({
  kind,
  userAgent: request.headers.get('User-Agent') ?? '',
})

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Browsers send cookies on their own, so a request that changes something with nothing but a cookie must come from our
 * own pages or from a listed origin. A client that sends neither header is no browser, and nobody's tool against them.
 */
const isCrossSite = (request: Request, context: Context): boolean => {
  if (SAFE_METHODS.has(request.method)) return false
  const origin = request.headers.get('Origin')
  const own = new URL(request.url).origin
  const listed = context.settings.allowedOrigins
  if (origin !== null) return origin !== own && !(listed !== 'any' && listed.has(origin))
  const site = request.headers.get('Sec-Fetch-Site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/** Who makes a request, by the credential that it bears. */
export const identify = async (request: Request, context: Context): Promise<Actor | CredentialProblem> => {
  const presented = credentialOf(request)
  if (typeof presented === 'string') return presented
  const actor = await authenticate(context, presented.token)
  if (typeof actor !== 'string' && presented.by === 'cookie' && isCrossSite(request, context))
    throw new CrossSite('a cookie from another site')
  return actor
}

export type MemberEnv = AppEnv & { Variables: { context: MemberContext } }

const credentialSourceOf = (request: Request): CredentialSource => {
  const presented = credentialOf(request)
  return typeof presented === 'string' ? 'header' : presented.by
}

const asMember: MiddlewareHandler<MemberEnv> = async (c, next) => {
  const { context, record } = c.env
  const actor = await identify(c.req.raw, context)
  if (typeof actor === 'string') throw new Unauthenticated(actor, credentialSourceOf(c.req.raw))
  record.accountId = actor.account.id
  c.set('context', { ...context, actor })
  await next()
}

const asVisitor: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set('context', c.env.context)
  await next()
}

type GuestEnv = AppEnv & { Variables: { context: Context & { readonly actor: Actor | null } } }

const ignoreCrossSite = (error: unknown): CredentialProblem => {
  if (error instanceof CrossSite) return 'absent'
  throw error
}

const asGuest: MiddlewareHandler<GuestEnv> = async (c, next) => {
  const { context, record } = c.env
  // A cookie that another site sent along opens nothing more here, but neither does it shut anybody out.
  const actor = await identify(c.req.raw, context).catch(ignoreCrossSite)
  if (typeof actor !== 'string') record.accountId = actor.account.id
  c.set('context', { ...context, actor: typeof actor === 'string' ? null : actor })
  await next()
}

/** Thrown when somebody asks too often. */
export class Throttled extends Error {
  readonly seconds: number
  constructor(seconds: number) {
    super('throttled')
    this.seconds = seconds
  }
}

const PERIOD_SECONDS = 60 // of the rate-limiting binding, in wrangler.toml

/** What a middleware does, but for an address that has asked too often of late. */
const limited = <E extends AppEnv>(inner: MiddlewareHandler<E>): MiddlewareHandler<E> => {
  const middleware: MiddlewareHandler<E> = async (c, next) => {
    const address = c.req.header('CF-Connecting-IP') ?? 'local'
    if (!(await c.env.context.limits.allowsAddress(address))) throw new Throttled(PERIOD_SECONDS)
    return inner(c, next)
  }
  perAddress.add(middleware)
  return middleware
}

const perAddress = new WeakSet<object>()

export const isLimitedPerAddress = (middleware: object | undefined): boolean => middleware !== undefined && perAddress.has(middleware)

export const ANY_CREDENTIAL = [{ token: [] }, { bearer: [] }, { session: [] }]
const NONE_NEEDED: Record<string, never>[] = [{}]

/** Spread into a route: who may call it. The handler's `c.var.context` is typed accordingly. */
export const signedIn = { security: ANY_CREDENTIAL, middleware: asMember }
export const anyone = { security: NONE_NEEDED, middleware: asVisitor }
/** Where accounts are made and opened: limited per address. A credential, good or bad, is not looked at. */
export const publicRateLimited = { security: NONE_NEEDED, middleware: limited(asVisitor) }
/** The same, where a good credential allows more; a bad one is ignored. */
export const publicOrMemberRateLimited = { security: [...NONE_NEEDED, ...ANY_CREDENTIAL], middleware: limited(asGuest) }
/** For the signed-in whose passwords are asked for. */
export const memberRateLimited = { security: ANY_CREDENTIAL, middleware: limited(asMember) }
