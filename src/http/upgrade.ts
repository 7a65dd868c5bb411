import type { MiddlewareHandler } from 'hono'
import type { MemberContext } from '../domain/context.ts'
import { authenticate } from '../domain/sessions/authenticate.ts'
import { type Connection, PROTOCOL } from '../domain/support/types.ts'
import { errorResponse, ResponseThrown } from './answers.ts'
import {
  ANY_CREDENTIAL,
  type CredentialProblem,
  credentialOf,
  type MemberEnv,
  type PresentedCredential,
  Unauthenticated,
} from './credentials.ts'

/** The handshake of a socket: whatever is wrong with it is answered as any request is, and only then is it upgraded. */

const TOKEN_PROTOCOL = 'concord.token.'

const protocolsOf = (request: Request): string[] =>
  (request.headers.get('Sec-WebSocket-Protocol') ?? '').split(',').map((protocol) => protocol.trim())

/**
 * The token of a handshake. A browser can set no headers on one, so it may stand in the query, or beside the protocol. A
 * cookie, which browsers send along for any page, counts for our own pages alone: no listed origin is one of those here,
 * since what a socket errorResponse cannot be kept from the page that opened it.
 */
const presentedBy = (request: Request): PresentedCredential | CredentialProblem => {
  const presented = credentialOf(request)
  if (presented !== 'absent' && (typeof presented === 'string' || presented.by === 'header')) return presented
  const inQuery = new URL(request.url).searchParams.get('token')
  if (inQuery) return { token: inQuery, by: 'header' }
  const inProtocol = protocolsOf(request).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  if (inProtocol) return { token: inProtocol.slice(TOKEN_PROTOCOL.length), by: 'header' }
  return isSameOrigin(request) ? presented : 'absent'
}

const isSameOrigin = (request: Request): boolean => {
  const origin = request.headers.get('Origin')
  if (origin !== null) return origin === new URL(request.url).origin
  const site = request.headers.get('Sec-Fetch-Site')
  return site === null || site === 'same-origin'
}

const asSitter: MiddlewareHandler<MemberEnv> = async (c, next) => {
  const { context, record } = c.env
  const presented = presentedBy(c.req.raw)
  if (typeof presented === 'string') throw new Unauthenticated(presented)
  const actor = await authenticate(context, presented.token)
  if (typeof actor === 'string') throw new Unauthenticated(actor, presented.by)
  record.accountId = actor.account.id
  c.set('context', { ...context, actor })
  await next()
}

/** Spread into a socket's route, as `signedIn` into any other. */
export const sitter = { security: ANY_CREDENTIAL, middleware: asSitter }

export const UPGRADE_REQUIRED = errorResponse(
  426,
  { detail: 'Upgrade to a WebSocket is required.' },
  { Upgrade: 'websocket', Connection: 'Upgrade' },
)

export const isHandshake = (request: Request): boolean =>
  request.method === 'GET' && request.headers.get('Upgrade')?.toLowerCase() === 'websocket'

/** Who sits down by this handshake. Throws where it is no handshake, which is looked at last of all. */
export const seatOf = (
  request: Request,
  { actor }: MemberContext,
  { staff, since }: { staff: boolean; since: number | null },
): Connection => {
  if (!isHandshake(request)) throw new ResponseThrown(UPGRADE_REQUIRED)
  return {
    connectionId: crypto.randomUUID(),
    id: actor.account.id,
    username: actor.account.username,
    staff,
    credentialId: actor.credential.id,
    expiresAt: actor.credential.expiresAt,
    supportsV1: protocolsOf(request).includes(PROTOCOL),
    since,
  }
}
