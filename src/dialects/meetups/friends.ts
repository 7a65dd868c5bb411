import { createRoute, z } from '@hono/zod-openapi'
import { answerRequest } from '../../domain/friends/answer-request.ts'
import { type Friendship, listFriends } from '../../domain/friends/list-friends.ts'
import { removeFriend } from '../../domain/friends/remove-friend.ts'
import { requestFriendship } from '../../domain/friends/request-friendship.ts'
import { errorResponse } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { choice } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { empty, success } from '../../http/responses.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'

const Status = z.enum(['pending', 'accepted', 'rejected'])

const FriendRecord = z.object({ id: z.string(), sender: z.string(), receiver: z.string(), status: Status }).openapi('FriendRecord')
const ResponseToRequest = z.object({ id: z.string(), status: Status }).openapi('FriendRequestResponse')

const Friend = z.object({ id: z.string(), username: z.string(), request_id: z.string() }).openapi('Friend')
const PendingRequest = z.object({ id: z.string(), request_id: z.string(), username: z.string(), status: Status }).openapi('FriendRequest')
const Friends = z
  .object({
    current_user_id: z.string(),
    friends: z.array(Friend),
    incoming_requests: z.array(PendingRequest),
    outgoing_requests: z.array(PendingRequest),
  })
  .openapi('Friends')

const friendToWire = ({ objectId, username, id }: Friendship): z.infer<typeof Friend> => ({ id: objectId, username, request_id: id })
const requestToWire = ({ objectId, id, username, status }: Friendship): z.infer<typeof PendingRequest> => ({
  id: objectId,
  request_id: id,
  username,
  status,
})

const RECORD_EXAMPLE = {
  id: '68e2bc8d390fe44b0f398f4e',
  sender: '68cd793ca4a36f574952921b',
  receiver: '68d2bb9c8b1d2c3e4f5a6b70',
  status: 'pending' as const,
}
const EXAMPLE = {
  current_user_id: '68cd793ca4a36f574952921b',
  friends: [{ id: '68d5d66921c840dea3433ff2', username: 'bob', request_id: '68e2bc96390fe44b0f398fa9' }],
  incoming_requests: [
    { id: '68d5d66921c840dea3433ff3', request_id: '68e2bc96390fe44b0f398faa', username: 'carol', status: 'pending' as const },
  ],
  outgoing_requests: [
    { id: '68d5d66921c840dea3433ff4', request_id: '68e2bc96390fe44b0f398f4f', username: 'dave', status: 'pending' as const },
  ],
}

const STATUS_BY_ACTION = { accept: 'accepted', reject: 'rejected' } as const
const INVALID_ACTION = errorResponse(400, { detail: 'Invalid action' })

/** Every /api/friends/* path of this contract. */
export const friends = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/friends/request/{user_id}/',
      summary: 'Send a friend request',
      ...signedIn,
      request: { params: z.object({ user_id: z.string().openapi({ example: RECORD_EXAMPLE.receiver }) }) },
      responses: {
        201: success(FriendRecord, 'Request sent', RECORD_EXAMPLE),
        200: success(FriendRecord, 'The other user had already sent a request: it is accepted', { ...RECORD_EXAMPLE, status: 'accepted' }),
        ...errors.responses('request-to-self', 'already-friends', 'request-exists', 'no-such-user', 'throttled'),
      },
    }),
    async (c) => {
      const record = errors.unwrap(await requestFriendship(c.var.context, c.req.valid('param').user_id))
      return c.json(record, record.status === 'accepted' ? 200 : 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/friends/respond/{request_id}/',
      summary: 'Accept or reject a friend request',
      ...signedIn,
      request: {
        params: z.object({ request_id: z.string().openapi({ example: RECORD_EXAMPLE.id }) }),
        body: body(z.object({ action: choice(['accept', 'reject'], { example: 'accept' }) }), {
          invalid: (errors) => (errors.action ? INVALID_ACTION : errorResponse(400, errors)),
        }),
      },
      responses: {
        200: success(ResponseToRequest, 'The request, accepted or rejected', { id: RECORD_EXAMPLE.id, status: 'accepted' }),
        ...errors.responses('not-your-request', 'request-not-found'),
      },
    }),
    async (c) => {
      const status = STATUS_BY_ACTION[c.req.valid('json').action]
      return c.json(errors.unwrap(await answerRequest(c.var.context, { id: c.req.valid('param').request_id, status })), 200)
    },
  )

  for (const path of ['/api/friends/', '/api/friends/list/'] as const) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary: "List the caller's friends and pending requests, oldest first",
        ...signedIn,
        request: { query: pageQuery(IdCursor) },
        responses: { 200: success(Friends, 'One page. `limit` applies to the three lists together.', EXAMPLE) },
      }),
      async (c) => {
        const { limit, cursor: after = null } = c.req.valid('query')
        const { items, next } = await listFriends(c.var.context, { after, limit })
        linkNext(c, next)
        const pending = items.filter(({ status }) => status === 'pending')
        return c.json(
          {
            current_user_id: c.var.context.actor.account.objectId,
            friends: items.filter(({ status }) => status === 'accepted').map(friendToWire),
            incoming_requests: pending.filter(({ sent }) => !sent).map(requestToWire),
            outgoing_requests: pending.filter(({ sent }) => sent).map(requestToWire),
          },
          200,
        )
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/friends/remove/{id}/',
      summary: 'End a friendship or cancel a friend request',
      ...signedIn,
      request: {
        params: z.object({
          id: z.string().openapi({ example: RECORD_EXAMPLE.id, description: 'The id of the friend record or of the other user.' }),
        }),
      },
      responses: { 204: empty('Deleted'), ...errors.responses('not-your-request', 'friendship-not-found') },
    }),
    async (c) => {
      errors.unwrap(await removeFriend(c.var.context, c.req.valid('param').id))
      return c.body(null, 204)
    },
  )
}
