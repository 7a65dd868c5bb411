import { createRoute, z } from '@hono/zod-openapi'
import { roomToWire } from '../dialects/recovery/frames.ts'
import { claimConversation, releaseConversation } from '../domain/support/claim-conversation.ts'
import { readInbox } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { integer, pathId } from '../http/fields.ts'
import { cursorOf, cursorText } from '../http/paging.ts'
import { empty, success } from '../http/responses.ts'
import { errors } from './errors.ts'

const Staff = z.object({ id: z.int(), username: z.string() })

const Room = z
  .object({
    user_id: z.int(),
    username: z.string(),
    online: z.boolean(),
    unread: z.int(),
    last_message: z.object({ id: z.int(), message: z.string(), from_admin: z.boolean(), sent_at: z.string() }).nullable(),
    alarm: z.object({ alarm_id: z.string(), status: z.string(), triggered_at: z.string() }).nullable(),
    taken_by: Staff.nullable(),
    updated_at: z.string(),
    waiting_since: z.string().nullable(),
  })
  .openapi('Room')

const Cursor = z.object({ rank: z.int(), at: z.int(), userId: z.int() })

const params = z.object({ user_id: pathId() })

/** Every /console/api/rooms/* path: the inbox, and claims on conversations. */
export const rooms = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/rooms',
      summary: 'List the rooms: open alarms first, then the longest wait, then the latest activity',
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: 200 }).default(50), cursor: cursorOf(Cursor).optional() }) },
      responses: {
        200: success(z.object({ rooms: z.array(Room), next: z.string().nullable() }), 'The rooms'),
        ...errors.responses('forbidden'),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const page = errors.unwrap(await readInbox(c.var.context, cursor, limit))
      return c.json({ rooms: page.rooms.map(roomToWire), next: page.next && cursorText(page.next) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/console/api/rooms/{user_id}/take/',
      summary: 'Claim a conversation',
      ...signedIn,
      request: { params },
      responses: {
        200: success(z.object({ taken_by: Staff }), 'The conversation is claimed'),
        ...errors.responses('forbidden', 'not-found', 'already-claimed'),
      },
    }),
    async (c) => {
      const { id, username } = errors.unwrap(await claimConversation(c.var.context, c.req.valid('param').user_id))
      return c.json({ taken_by: { id, username } }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/console/api/rooms/{user_id}/take/',
      summary: 'Release a conversation',
      ...signedIn,
      request: { params },
      responses: { 204: empty('The conversation is released'), ...errors.responses('forbidden', 'not-found') },
    }),
    async (c) => {
      errors.unwrap(await releaseConversation(c.var.context, c.req.valid('param').user_id))
      return c.body(null, 204)
    },
  )
}
