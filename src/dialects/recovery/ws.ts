import * as z from 'zod/mini'
import { asStaff } from '../../domain/access.ts'
import { joinDesk, joinRoom } from '../../domain/support/join.ts'
import { numberOf } from '../../domain/support/numbers.ts'
import { openRoom } from '../../domain/support/open-room.ts'
import { pathId } from '../../http/request/fields.ts'
import { connectionOf, isHandshake, UPGRADE_REQUIRED } from '../../http/request/websocket.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { noContent } from '../../http/response/specs.ts'
import { restricted, socketMember } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { errors as commonErrors } from './errors.ts'
import { parseSince } from './frames.ts'

const FORBIDDEN = errorResponse(403, { error: 'You are not authorized to access this chat' })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN,
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

const upgradeRequired = { name: 'upgrade-required', response: UPGRADE_REQUIRED }

const query = z.object({
  token: z.optional(z.string()),
  since: z.optional(z.string()),
})

const connectToRoom = route({
  method: 'GET',
  path: '/ws/chat/{user_id}/',
  operationId: 'connectToRoom',
  summary: "Connect to a person's room in the support chat",
  access: socketMember,
  query,
  params: z.object({ user_id: pathId() }),
  responses: { 101: noContent, ...errors.responses('forbidden', 'not-found', upgradeRequired) },
  handle: async ({ context, query, params, request, sockets }) => {
    const userId = numberOf(context, params.user_id)
    const { person, asStaff } = errors.unwrap(await (isHandshake(request) ? joinRoom(context, userId) : openRoom(context, userId, null)))
    const connection = await connectionOf(request, context, { staff: asStaff, since: parseSince(query.since) })
    return { response: await sockets.connect(request, person, connection) }
  },
})

const connectToDesk = route({
  method: 'GET',
  path: '/ws/chat/admin/',
  operationId: 'connectToDesk',
  summary: 'Connect to the desk, where staff see all rooms',
  access: restricted(asStaff, FORBIDDEN, socketMember),
  query,
  responses: { 101: noContent, ...errors.responses('forbidden', upgradeRequired) },
  handle: async ({ context, query, request, sockets }) => {
    if (isHandshake(request)) await joinDesk(context)
    const connection = await connectionOf(request, context, { staff: true, since: parseSince(query.since) })
    return { response: await sockets.connect(request, 'desk', connection) }
  },
})

/** Every /ws/* path: a person's room, and the desk where staff see all rooms. */
export const socketRoutes = [
  connectToRoom,
  connectToDesk,
  alias(connectToDesk, { path: '/ws/admin/', operationId: 'connectToDeskByShortPath' }),
]
