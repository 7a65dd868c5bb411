import { createRoute, z } from '@hono/zod-openapi'
import { joinDesk, joinRoom } from '../../domain/support/join.ts'
import { openDesk } from '../../domain/support/open-desk.ts'
import { openRoom } from '../../domain/support/open-room.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { pathId } from '../../http/fields.ts'
import { empty } from '../../http/responses.ts'
import { isHandshake, seatOf, sitter, UPGRADE_REQUIRED } from '../../http/upgrade.ts'
import { errors as commonErrors } from './envelope.ts'
import { sinceOf } from './frames.ts'

const errors = errorTable({
  ...commonErrors.table,
  'not-yours': () => errorResponse(403, { error: 'You are not authorized to access this chat' }),
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

const upgrade = { name: 'upgrade-required', answer: UPGRADE_REQUIRED }

const query = z.object({
  token: z.string().optional().openapi({ description: 'A credential, for clients that can set no header. Not written to any log.' }),
  since: z
    .string()
    .optional()
    .openapi({ description: 'The last message, or event at the desk, that was seen: what came after it is sent first.', example: '12' }),
})

const HANDSHAKE =
  'A WebSocket. The credential comes as on any request, or in `?token=`, or as the subprotocol `concord.token.<token>` beside `concord.v1`.'

/** Every /ws/* path: a person's room, and the desk at which staff watch all rooms. */
export const ws = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/ws/chat/{user_id}/',
      summary: "A person's room in the support chat",
      description: HANDSHAKE,
      ...sitter,
      request: { params: z.object({ user_id: pathId() }), query },
      responses: { 101: empty('The socket'), ...errors.responses('not-yours', 'not-found', upgrade) },
    }),
    async (c) => {
      const { context } = c.var
      const { person, asStaff } = errors.unwrap(await (isHandshake(c.req.raw) ? joinRoom : openRoom)(context, c.req.valid('param').user_id))
      const seat = seatOf(c.req.raw, context, { staff: asStaff, since: sinceOf(c.req.valid('query').since) })
      return context.support.seat(c.req.raw, person, seat)
    },
  )

  for (const path of ['/ws/chat/admin/', '/ws/admin/']) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary: 'The desk, where staff watch all rooms',
        description: HANDSHAKE,
        ...sitter,
        request: { query },
        responses: { 101: empty('The socket'), ...errors.responses('not-yours', upgrade) },
      }),
      async (c) => {
        const { context } = c.var
        errors.unwrap(await (isHandshake(c.req.raw) ? joinDesk : openDesk)(context))
        const seat = seatOf(c.req.raw, context, { staff: true, since: sinceOf(c.req.valid('query').since) })
        return context.support.seat(c.req.raw, 'desk', seat)
      },
    )
  }
}
