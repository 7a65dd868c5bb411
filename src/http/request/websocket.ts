import type { MemberContext } from '../../domain/access.ts'
import { type Connection, type PersonRef, PROTOCOL } from '../../model/support.ts'
import { errorResponse, HttpError } from '../response/errors.ts'
import { countryOf } from './country.ts'
import { type CredentialProblem, credentialOf, type PresentedCredential } from './credentials.ts'
import { isSameOrigin } from './same-site.ts'

/** WebSocket handshakes. Every error is answered as for any other request; the upgrade comes last. */

/** Hands a checked handshake to the Durable Object that keeps the connection. */
export interface SocketGateway {
  connect(handshake: Request, target: PersonRef | 'desk', connection: Connection): Promise<Response>
}

const TOKEN_PROTOCOL = 'concord.token.'

const protocolsOf = (request: Request): string[] =>
  (request.headers.get('Sec-WebSocket-Protocol') ?? '').split(',').map((protocol) => protocol.trim())

/**
 * The token of a handshake. A browser cannot set headers on a WebSocket, so the token may also be in the query or in a
 * subprotocol. Browsers attach cookies for every page, so the cookie counts for our own pages only: listed origins are not
 * enough, because the page that opens a socket can read everything that is sent over it.
 */
export const handshakeCredential = (request: Request): PresentedCredential | CredentialProblem => {
  const presented = credentialOf(request)
  if (presented !== 'absent' && (typeof presented === 'string' || presented.source === 'header')) return presented
  const inQuery = new URL(request.url).searchParams.get('token')
  if (inQuery) return { token: inQuery, source: 'header' }
  const inProtocol = protocolsOf(request).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  if (inProtocol) return { token: inProtocol.slice(TOKEN_PROTOCOL.length), source: 'header' }
  return isSameOrigin(request) ? presented : 'absent'
}

export const UPGRADE_REQUIRED = errorResponse(
  426,
  { detail: 'Upgrade to a WebSocket is required.' },
  { Upgrade: 'websocket', Connection: 'Upgrade' },
)

export const isHandshake = (request: Request): boolean =>
  request.method === 'GET' && request.headers.get('Upgrade')?.toLowerCase() === 'websocket'

/** The connection that a handshake opens. Throws if the request is no handshake, which is checked last. */
export const connectionOf = async (
  request: Request,
  { actor }: MemberContext,
  { staff, since }: { staff: boolean; since: number | null },
): Promise<Connection> => {
  if (!isHandshake(request)) throw new HttpError(UPGRADE_REQUIRED)
  return {
    connectionId: crypto.randomUUID(),
    id: actor.account.id,
    username: (await actor.load()).username,
    staff,
    credentialId: actor.credential.id,
    expiresAt: actor.credential.expiresAt,
    supportsV1: protocolsOf(request).includes(PROTOCOL),
    since,
    country: countryOf(request),
  }
}
