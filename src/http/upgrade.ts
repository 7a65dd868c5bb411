import type { MiddlewareHandler } from 'hono'
import type { MemberCtx } from '../domain/context.ts'
import { authenticate } from '../domain/sessions/authenticate.ts'
import { PROTOCOL, type Seat } from '../domain/support/words.ts'
import { Answered, says } from './answers.ts'
import { ANY_CREDENTIAL, type Borne, type CredentialProblem, credentialOf, type MemberHouse, Unauthenticated } from './credentials.ts'

/** The handshake of a socket: whatever is wrong with it is answered as any request is, and only then is it upgraded. */

const TOKEN_PROTOCOL = 'concord.token.'

const protocolsOf = (request: Request): string[] =>
  (request.headers.get('Sec-WebSocket-Protocol') ?? '').split(',').map((protocol) => protocol.trim())

/**
 * The token of a handshake. A browser can set no headers on one, so it may stand in the query, or beside the protocol. A
 * cookie, which browsers send along for any page, counts for our own pages alone: no listed origin is one of those here,
 * since what a socket says cannot be kept from the page that opened it.
 */
const borneBy = (request: Request): Borne | CredentialProblem => {
  const borne = credentialOf(request)
  if (borne !== 'absent' && (typeof borne === 'string' || borne.by === 'header')) return borne
  const inQuery = new URL(request.url).searchParams.get('token')
  if (inQuery) return { token: inQuery, by: 'header' }
  const inProtocol = protocolsOf(request).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  if (inProtocol) return { token: inProtocol.slice(TOKEN_PROTOCOL.length), by: 'header' }
  return isSameOrigin(request) ? borne : 'absent'
}

const isSameOrigin = (request: Request): boolean => {
  const origin = request.headers.get('Origin')
  if (origin !== null) return origin === new URL(request.url).origin
  const site = request.headers.get('Sec-Fetch-Site')
  return site === null || site === 'same-origin'
}

const asSitter: MiddlewareHandler<MemberHouse> = async (c, next) => {
  const { ctx, record } = c.env
  const borne = borneBy(c.req.raw)
  if (typeof borne === 'string') throw new Unauthenticated(borne)
  const actor = await authenticate(ctx, borne.token)
  if (typeof actor === 'string') throw new Unauthenticated(actor, borne.by)
  record.accountId = actor.account.id
  c.set('ctx', { ...ctx, actor })
  await next()
}

/** Spread into a socket's route, as `signedIn` into any other. */
export const sitter = { security: ANY_CREDENTIAL, middleware: asSitter }

export const UPGRADE_REQUIRED = says(
  426,
  { detail: 'Upgrade to a WebSocket is required.' },
  { Upgrade: 'websocket', Connection: 'Upgrade' },
)

export const isHandshake = (request: Request): boolean =>
  request.method === 'GET' && request.headers.get('Upgrade')?.toLowerCase() === 'websocket'

/** Who sits down by this handshake. Throws where it is no handshake, which is looked at last of all. */
export const seatOf = (request: Request, { actor }: MemberCtx, { staff, since }: { staff: boolean; since: number | null }): Seat => {
  if (!isHandshake(request)) throw new Answered(UPGRADE_REQUIRED)
  return {
    seatId: crypto.randomUUID(),
    id: actor.account.id,
    username: actor.account.username,
    staff,
    credentialId: actor.credential.id,
    expiresAt: actor.credential.expiresAt,
    modern: protocolsOf(request).includes(PROTOCOL),
    since,
  }
}
