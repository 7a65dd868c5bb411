import { createRoute, z } from '@hono/zod-openapi'
import { answerRequest } from '../../domain/friends/answer-request.ts'
import { askFriend } from '../../domain/friends/ask-friend.ts'
import { type Friendship, listFriends } from '../../domain/friends/list-friends.ts'
import { removeFriend } from '../../domain/friends/remove-friend.ts'
import { errorResponse } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { choice } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { empty, success } from '../../http/responses.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './envelope.ts'

const Status = z.enum(['pending', 'accepted', 'rejected'])

const FriendRecord = z.object({ id: z.string(), sender: z.string(), receiver: z.string(), status: Status }).openapi('FriendRecord')
const ResponseThrown = z.object({ id: z.string(), status: Status }).openapi('FriendAnswer')

const Friend = z.object({ id: z.string(), username: z.string(), request_id: z.string() }).openapi('Friend')
const OpenRequest = z.object({ id: z.string(), request_id: z.string(), username: z.string(), status: Status }).openapi('FriendRequest')
const Friends = z
  .object({
    current_user_id: z.string(),
    friends: z.array(Friend),
    incoming_requests: z.array(OpenRequest),
    outgoing_requests: z.array(OpenRequest),
  })
  .openapi('Friends')

const friendToWire = ({ objectId, username, id }: Friendship): z.infer<typeof Friend> => ({ id: objectId, username, request_id: id })
const requestToWire = ({ objectId, id, username, status }: Friendship): z.infer<typeof OpenRequest> => ({
  id: objectId,
  request_id: id,
  username,
  status,
})

const RECORD = {
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

const ANSWERS = { accept: 'accepted', reject: 'rejected' } as const
const INVALID_ACTION = errorResponse(400, { detail: 'Invalid action' })

/** Every /api/friends/* path of this contract. */
export const friends = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/friends/request/{user_id}/',
      summary: 'Ask somebody to be friends',
      ...signedIn,
      request: { params: z.object({ user_id: z.string().openapi({ example: RECORD.receiver }) }) },
      responses: {
        201: success(FriendRecord, 'Asked', RECORD),
        200: success(FriendRecord, 'They had asked already: friends', { ...RECORD, status: 'accepted' }),
        ...errors.responses('request-to-self', 'already-friends', 'request-exists', 'no-such-user', 'throttled'),
      },
    }),
    async (c) => {
      const record = errors.unwrap(await askFriend(c.var.context, c.req.valid('param').user_id))
      return c.json(record, record.status === 'accepted' ? 200 : 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/friends/respond/{request_id}/',
      summary: 'Accept or reject a request',
      ...signedIn,
      request: {
        params: z.object({ request_id: z.string().openapi({ example: RECORD.id }) }),
        body: body(z.object({ action: choice(['accept', 'reject'], { example: 'accept' }) }), {
          invalid: (errors) => (errors.action ? INVALID_ACTION : errorResponse(400, errors)),
        }),
      },
      responses: {
        200: success(ResponseThrown, 'ResponseThrown', { id: RECORD.id, status: 'accepted' }),
        ...errors.responses('not-your-request', 'request-not-found'),
      },
    }),
    async (c) => {
      const status = ANSWERS[c.req.valid('json').action]
      return c.json(errors.unwrap(await answerRequest(c.var.context, { id: c.req.valid('param').request_id, status })), 200)
    },
  )

  for (const path of ['/api/friends/', '/api/friends/list/'] as const) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary: "The caller's friends and open requests, oldest first",
        ...signedIn,
        request: { query: pageQuery(IdCursor) },
        responses: { 200: success(Friends, 'A page counts all three lists together', EXAMPLE) },
      }),
      async (c) => {
        const { limit, cursor: after = null } = c.req.valid('query')
        const { items, next } = await listFriends(c.var.context, { after, limit })
        linkNext(c, next)
        const open = items.filter(({ status }) => status === 'pending')
        return c.json(
          {
            current_user_id: c.var.context.actor.account.objectId,
            friends: items.filter(({ status }) => status === 'accepted').map(friendToWire),
            incoming_requests: open.filter(({ sent }) => !sent).map(requestToWire),
            outgoing_requests: open.filter(({ sent }) => sent).map(requestToWire),
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
      summary: 'End a friendship, or take a request back',
      ...signedIn,
      request: {
        params: z.object({ id: z.string().openapi({ example: RECORD.id, description: "The record's id, or the other user's." }) }),
      },
      responses: { 204: empty('It is gone'), ...errors.responses('not-your-request', 'friendship-not-found') },
    }),
    async (c) => {
      errors.unwrap(await removeFriend(c.var.context, c.req.valid('param').id))
      return c.body(null, 204)
    },
  )
}
