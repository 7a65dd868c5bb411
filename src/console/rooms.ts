import * as z from 'zod/mini'
import { roomToWire } from '../dialects/recovery/frames.ts'
import { claimConversation, readQueueReturns, releaseConversation } from '../domain/support/claim-conversation.ts'
import { numberedRef, numberedRoom, numberOf } from '../domain/support/numbers.ts'
import { reopenConversation, resolveConversation } from '../domain/support/resolve-conversation.ts'
import { readInbox } from '../domain/support/watch.ts'
import { integer, pathId } from '../http/request/fields.ts'
import { cursorOf, encodeCursor } from '../http/request/paging.ts'
import { documented } from '../http/response/documented.ts'
import { noContent, ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { InboxFilter } from '../model/support.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Staff = z.object({ id: z.int(), username: z.string() })

const Room = documented(
  z.object({
    user_id: z.int(),
    username: z.string(),
    online: z.boolean(),
    unread: z.int(),
    last_message: z.nullable(z.object({ id: z.int(), message: z.string(), from_admin: z.boolean(), sent_at: z.string() })),
    alarm: z.nullable(z.object({ alarm_id: z.string(), status: z.string(), triggered_at: z.string() })),
    taken_by: z.nullable(Staff),
    updated_at: z.string(),
    waiting_since: z.nullable(z.string()),
    resolved: z.nullable(z.object({ by: Staff, at: z.string() })),
    notes: z.int(),
  }),
  { id: 'Room' },
)

const FILTERS = ['all', 'waiting', 'mine', 'resolved'] as const satisfies readonly InboxFilter[]

const Counts = documented(z.object({ all: z.int(), waiting: z.int(), mine: z.int(), resolved: z.int() }), { id: 'RoomCounts' })

const Cursor = z.object({ rank: z.int(), at: z.int(), userId: z.int() })

const params = z.object({ user_id: pathId() })

const listRooms = route({
  method: 'GET',
  path: '/console/api/rooms',
  access: staffOnly,
  query: z.object({
    filter: z._default(z.enum(FILTERS, `Invalid option: expected one of ${FILTERS.map((filter) => `"${filter}"`).join('|')}`), 'all'),
    search: z._default(z.string().check(z.maxLength(150, 'Too big: expected string to have <=150 characters')), ''),
    limit: z._default(integer({ min: 1, max: 200 }), 50),
    cursor: z.optional(cursorOf(Cursor)),
  }),
  responses: {
    200: ok(z.object({ rooms: z.array(Room), next: z.nullable(z.string()), counts: Counts })),
    ...errors.responses(FORBIDDEN),
  },
  handle: async ({ context, query }) => {
    const { cursor: from = null, ...page } = query
    const { rooms, next, counts } = await readInbox(context, { from, ...page })
    const { all, waiting, mine, resolved } = counts
    return {
      status: 200,
      body: {
        rooms: rooms.map((room) => roomToWire(numberedRoom(context, room))),
        next: next && encodeCursor(next),
        counts: { all, waiting, mine, resolved },
      },
    }
  },
})

const claimRoom = route({
  method: 'POST',
  path: '/console/api/rooms/{user_id}/take/',
  access: staffOnly,
  params,
  responses: {
    200: ok(z.object({ taken_by: Staff })),
    ...errors.responses(FORBIDDEN, 'not-found', 'already-claimed'),
  },
  handle: async ({ context, params }) => {
    const claimedBy = errors.unwrap(await claimConversation(context, numberOf(context, params.user_id)))
    return { status: 200, body: { taken_by: numberedRef(context, claimedBy) } }
  },
})

const releaseRoom = route({
  method: 'DELETE',
  path: '/console/api/rooms/{user_id}/take/',
  access: staffOnly,
  params,
  responses: { 204: noContent, ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await releaseConversation(context, numberOf(context, params.user_id)))
    return { status: 204, body: null }
  },
})

const listReturns = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/returns/',
  access: staffOnly,
  params,
  responses: {
    200: ok(z.object({ returns: z.array(z.object({ taken_by: Staff, at: z.string() })) })),
    ...errors.responses(FORBIDDEN, 'not-found'),
  },
  handle: async ({ context, params }) => {
    const returns = errors.unwrap(await readQueueReturns(context, numberOf(context, params.user_id)))
    return {
      status: 200,
      body: { returns: returns.map(({ holder, at }) => ({ taken_by: numberedRef(context, holder), at: isoTime(at) })) },
    }
  },
})

const resolveRoom = route({
  method: 'POST',
  path: '/console/api/rooms/{user_id}/resolve/',
  access: staffOnly,
  body: z.object({ last_message: integer({ min: 0, description: 'The last message that the caller has seen; 0 if there is none.' }) }),
  params,
  responses: { 204: noContent, ...errors.responses(FORBIDDEN, 'not-found', 'new-messages') },
  handle: async ({ context, params, body }) => {
    errors.unwrap(await resolveConversation(context, numberOf(context, params.user_id), body.last_message))
    return { status: 204, body: null }
  },
})

const reopenRoom = route({
  method: 'DELETE',
  path: '/console/api/rooms/{user_id}/resolve/',
  access: staffOnly,
  params,
  responses: { 204: noContent, ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await reopenConversation(context, numberOf(context, params.user_id)))
    return { status: 204, body: null }
  },
})

/** Every /console/api/rooms/* path that is about the inbox: the list, claims, and what is resolved. */
export const roomRoutes = [listRooms, claimRoom, releaseRoom, listReturns, resolveRoom, reopenRoom]
