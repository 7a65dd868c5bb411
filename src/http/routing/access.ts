import type { Context as HonoContext } from 'hono'
import { isStaff, type MemberContext } from '../../domain/access.ts'
import type { Context } from '../../domain/context.ts'
import { identify } from '../../domain/sessions/authenticate.ts'
import { contractNamed } from '../../model/contract.ts'
import type { Quota } from '../../model/quotas.ts'
import { CrossSiteError, credentialOf, UnauthenticatedError } from '../request/credentials.ts'
import { isCrossSite } from '../request/same-site.ts'
import { handshakeCredential } from '../request/websocket.ts'
import { CROSS_SITE, HttpError } from '../response/errors.ts'
import type { ErrorResponse } from '../response/specs.ts'
import type { AppEnv } from './app-env.ts'
import { OtherFlagsError, PresentedCaller, ThrottledError } from './caller.ts'

/** The part of Hono's context that deciding about access needs. */
type RequestContext = Pick<HonoContext<AppEnv>, 'env' | 'req'>

type SecurityRequirement = Readonly<Record<string, never[]>>

/**
 * Who may call a route. `authorize` returns the context that the handler gets, or throws. The type parameter is that
 * context's type, so a handler that needs an account cannot be attached to a route that does not ask for one.
 */
export interface Access<C extends Context = Context> {
  /** For the document: one of these credentials is enough. An empty object means that none is needed. */
  readonly security: readonly SecurityRequirement[]
  /** Whether requests are limited per client address. */
  readonly isRateLimited: boolean
  /** For the document: the responses of `authorize` to a caller whose credential is valid, but who must not use the route. */
  readonly rejections: readonly ErrorResponse[]
  authorize(c: RequestContext, route: Demands): C | Promise<C>
}

/** What a route demands beside its access. */
export interface Demands {
  /** Whether the route changes anything. Then a cookie does not count if another site sent the request. */
  readonly changesState: boolean
  /** How often an account may use the route in a day; null for a route without a quota. */
  readonly quota: Quota | null
}

export const ANY_CREDENTIAL: readonly SecurityRequirement[] = [{ token: [] }, { bearer: [] }, { session: [] }]
const NO_CREDENTIAL: readonly SecurityRequirement[] = [{}]

const rejectCrossSite = (c: RequestContext): void => {
  if (isCrossSite(c.req.raw, c.env.context.settings.allowedOrigins)) throw new CrossSiteError()
}

/**
 * The context of the account that a presented credential belongs to. Whether the credential is alive is checked with the
 * first statements of the verb. A cookie is not enough for another site to change anything.
 */
const authorizeMember = async (
  c: RequestContext,
  route: Demands,
  findCredential: typeof credentialOf = credentialOf,
): Promise<MemberContext> => {
  const presented = findCredential(c.req.raw)
  if (typeof presented === 'string') throw new UnauthenticatedError(presented)
  const { context, record } = c.env
  const caller = await identify(context, presented.token, route.quota, contractNamed(record.contract))
  if (typeof caller === 'string') throw new UnauthenticatedError(caller, presented.source)
  c.env.presented.caller = new PresentedCaller(context, caller, presented.source)
  if (route.changesState && presented.source === 'cookie') rejectCrossSite(c)
  const { account } = caller.context.actor
  record.accountId = account.id
  record.isStaff = isStaff(account)
  // Staff see what concerns others, and a replica is new enough for its reader only.
  if (!route.changesState && !record.isStaff && findCredential === credentialOf) await context.gates.open(account.id)
  return caller.context
}

/** For a route that needs no credential: `member` is the caller's own context if they presented a valid one. */
interface GuestContext extends Context {
  readonly member: MemberContext | null
}

/** A bad credential, or a cookie from another site, does not reject the request: it only gives no rights. */
const authorizeGuest = async (c: RequestContext, route: Demands): Promise<GuestContext> => {
  try {
    const caller = await authorizeAtOnce(member, c, route)
    await caller.actor.load()
    return { ...c.env.context, member: caller }
  } catch (error) {
    if (!(error instanceof UnauthenticatedError || error instanceof CrossSiteError)) throw error
    c.env.presented.caller = null
    return { ...c.env.context, member: null }
  }
}

/** Authorizes with flags that the check has confirmed or corrected: for a decision that depends on them. */
const authorizeAtOnce = async (base: Access<MemberContext>, c: RequestContext, route: Demands): Promise<MemberContext> => {
  const context = await base.authorize(c, route)
  try {
    await c.env.presented.caller?.check()
    return context
  } catch (error) {
    if (!(error instanceof OtherFlagsError)) throw error
    return base.authorize(c, route)
  }
}

/** The period of the rate-limiting bindings in wrangler.toml. */
const PERIOD_SECONDS = 60

/** An address that has reached its own limit does not use up that of its wider network. */
const checkRateLimit = async ({ limits, client }: Context): Promise<void> => {
  const isAllowed = (await limits.allowsAddress(client.network)) && (await limits.allowsWiderNetwork(client.widerNetwork))
  if (!isAllowed) throw new ThrottledError(PERIOD_SECONDS)
}

const rateLimited = <C extends Context>(access: Access<C>): Access<C> => ({
  ...access,
  isRateLimited: true,
  authorize: async (c, route) => {
    await checkRateLimit(c.env.context)
    return access.authorize(c, route)
  },
})

/**
 * For a log-in that sets the session cookie. Another site could otherwise log its visitors in to an account of its own, and
 * would then read what they enter there.
 */
const sameSite = <C extends Context>(access: Access<C>): Access<C> => ({
  ...access,
  rejections: [...access.rejections, CROSS_SITE],
  authorize: (c, route) => {
    rejectCrossSite(c)
    return access.authorize(c, route)
  },
})

/** No credential is needed, and none is looked at. */
export const anyone: Access = { security: NO_CREDENTIAL, isRateLimited: false, rejections: [], authorize: (c) => c.env.context }

/** Any account that presents a valid credential. */
export const member: Access<MemberContext> = {
  security: ANY_CREDENTIAL,
  isRateLimited: false,
  rejections: [],
  authorize: (c, route) => authorizeMember(c, route),
}

/** A WebSocket handshake by any account. The credential may also be in the query or in a subprotocol. */
export const socketMember: Access<MemberContext> = {
  ...member,
  authorize: (c, route) => authorizeMember(c, route, handshakeCredential),
}

const guest: Access<GuestContext> = {
  ...anyone,
  security: [...NO_CREDENTIAL, ...ANY_CREDENTIAL],
  authorize: authorizeGuest,
}

/** For registration, log-in and refresh: limited per address. */
export const publicRateLimited = rateLimited(anyone)
/** The same, where the response sets the session cookie. */
export const publicSetsCookie = sameSite(publicRateLimited)
/** The same, where a valid credential allows more. An invalid one is ignored. */
export const publicOrMemberRateLimited = rateLimited(guest)
/** For members whose password is asked for: limited per address. */
export const memberRateLimited = rateLimited(member)

/**
 * A narrower access. `narrow` returns the context of a caller with permission, or null: then the caller gets `rejection`.
 * It is decided before the body is read, as Django's permissions are, so that a caller without permission does not learn
 * the fields of the request. `base` finds out who calls.
 */
export const restricted = <C extends MemberContext>(
  narrow: (context: MemberContext, pathParameter: (name: string) => string | undefined) => C | null,
  rejection: ErrorResponse,
  base: Access<MemberContext> = member,
): Access<C> => ({
  ...base,
  rejections: [...base.rejections, rejection],
  authorize: async (c, route) => {
    const parameter = (name: string) => c.req.param(name)
    const context = narrow(await base.authorize(c, route), parameter)
    if (context) return context
    // Perhaps the account has a flag that was not assumed.
    const again = narrow(await authorizeAtOnce(base, c, route), parameter)
    if (!again) throw new HttpError(rejection)
    return again
  },
})

/** Whether the document declares that a credential is required. */
export const needsCredential = ({ access }: { readonly access: Access }): boolean =>
  access.security.every((requirement) => Object.keys(requirement).length > 0)
