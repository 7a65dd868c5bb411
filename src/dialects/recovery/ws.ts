import { createRoute, z } from '@hono/zod-openapi'
import { joinDesk, joinRoom } from '../../domain/support/join.ts'
import { openDesk } from '../../domain/support/open-desk.ts'
import { openRoom } from '../../domain/support/open-room.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { pathId } from '../../http/fields.ts'
import { empty } from '../../http/responses.ts'
import { isHandshake, seatOf, sitter, UPGRADE_REQUIRED } from '../../http/upgrade.ts'
import { errors as commonErrors } from './errors.ts'
import { parseSince } from './frames.ts'

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => errorResponse(403, { error: 'You are not authorized to access this chat' }),
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

const upgradeRequired = { name: 'upgrade-required', answer: UPGRADE_REQUIRED }

const query = z.object({
  token: z.string().optional().openapi({ description: 'A credential, for clients that cannot set headers. It is not logged.' }),
  since: z.string().optional().openapi({
    description: 'The id of the last message (at the desk: the last event) that the client has seen. Everything after it is sent first.',
    example: '12',
  }),
})

const HANDSHAKE_DESCRIPTION =
  'Opens a WebSocket. Send the credential as for any other request, or in `?token=`, or as the subprotocol `concord.token.<token>` together with `concord.v1`.'

/** Every /ws/* path: a person's room, and the desk where staff see all rooms. */
export const ws = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/ws/chat/{user_id}/',
      summary: "Connect to a person's room in the support chat",
      description: HANDSHAKE_DESCRIPTION,
      ...sitter,
      request: { params: z.object({ user_id: pathId() }), query },
      responses: { 101: empty('Switching to the WebSocket protocol'), ...errors.responses('forbidden', 'not-found', upgradeRequired) },
    }),
    async (c) => {
      const { context } = c.var
      const { person, asStaff } = errors.unwrap(await (isHandshake(c.req.raw) ? joinRoom : openRoom)(context, c.req.valid('param').user_id))
      const connection = seatOf(c.req.raw, context, { staff: asStaff, since: parseSince(c.req.valid('query').since) })
      return context.support.connect(c.req.raw, person, connection)
    },
  )

  for (const path of ['/ws/chat/admin/', '/ws/admin/']) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary: 'Connect to the desk, where staff see all rooms',
        description: HANDSHAKE_DESCRIPTION,
        ...sitter,
        request: { query },
        responses: { 101: empty('Switching to the WebSocket protocol'), ...errors.responses('forbidden', upgradeRequired) },
      }),
      async (c) => {
        const { context } = c.var
        errors.unwrap(await (isHandshake(c.req.raw) ? joinDesk : openDesk)(context))
        const connection = seatOf(c.req.raw, context, { staff: true, since: parseSince(c.req.valid('query').since) })
        return context.support.connect(c.req.raw, 'desk', connection)
      },
    )
  }
}
