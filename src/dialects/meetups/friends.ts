import * as z from 'zod/mini'
import { answerRequest, listFriends, removeFriend, requestFriendship } from '../../domain/friends.ts'
import { choice } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse } from '../../http/response/errors.ts'
import { noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { FRIEND_STATUSES, type Friendship } from '../../model/friend.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'

const Status = z.enum(FRIEND_STATUSES)

const FriendRecord = documented(z.object({ id: z.string(), sender: z.string(), receiver: z.string(), status: Status }), {
  id: 'FriendRecord',
})
const ResponseToRequest = documented(z.object({ id: z.string(), status: Status }), { id: 'FriendRequestResponse' })

const Friend = documented(z.object({ id: z.string(), username: z.string(), request_id: z.string() }), { id: 'Friend' })
const PendingRequest = documented(z.object({ id: z.string(), request_id: z.string(), username: z.string(), status: Status }), {
  id: 'FriendRequest',
})
const Friends = documented(
  z.object({
    current_user_id: z.string(),
    friends: z.array(Friend),
    incoming_requests: z.array(PendingRequest),
    outgoing_requests: z.array(PendingRequest),
  }),
  { id: 'Friends' },
)

const friendToWire = ({ objectId, username, id }: Friendship): z.infer<typeof Friend> => ({ id: objectId, username, request_id: id })
const requestToWire = ({ objectId, id, username, status }: Friendship): z.infer<typeof PendingRequest> => ({
  id: objectId,
  request_id: id,
  username,
  status,
})

const STATUS_BY_ACTION = { accept: 'accepted', reject: 'rejected' } as const
const INVALID_ACTION = errorResponse(400, { detail: 'Invalid action' })

const sendFriendRequest = route({
  method: 'POST',
  path: '/api/friends/request/{user_id}/',
  operationId: 'sendFriendRequest',
  summary: 'Send a friend request',
  access: member,
  quota: QUOTAS.friendRequests,
  params: z.object({ user_id: z.string() }),
  responses: {
    201: ok(FriendRecord),
    200: ok(FriendRecord),
    ...errors.responses('request-to-self', 'already-friends', 'request-exists', 'no-such-user', 'throttled'),
  },
  handle: async ({ context, params }) => {
    const record = errors.unwrap(await requestFriendship(context, params.user_id))
    return record.status === 'accepted' ? { status: 200, body: record } : { status: 201, body: record }
  },
})

const answerFriendRequest = route({
  method: 'POST',
  path: '/api/friends/respond/{request_id}/',
  operationId: 'answerFriendRequest',
  summary: 'Accept or reject a friend request',
  access: member,
  params: z.object({ request_id: z.string() }),
  body: z.object({ action: choice(['accept', 'reject']) }),
  bodyOptions: {
    invalid: (errors) => (errors.action ? INVALID_ACTION : errorResponse(400, errors)),
  },
  responses: {
    200: ok(ResponseToRequest),
    ...errors.responses('not-your-request', 'request-not-found'),
  },
  handle: async ({ context, body, params }) => {
    const status = STATUS_BY_ACTION[body.action]
    return { status: 200, body: errors.unwrap(await answerRequest(context, { id: params.request_id, status })) }
  },
})

const listFriendsRoute = route({
  method: 'GET',
  path: '/api/friends/',
  operationId: 'listFriends',
  summary: "List the caller's friends and pending requests, oldest first",
  access: member,
  query: pageQuery(IdCursor),
  responses: { 200: ok(Friends) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor: after = null } = query
    const { items, next } = await listFriends(context, { after, limit })
    const pending = items.filter(({ status }) => status === 'pending')
    return {
      status: 200,
      body: {
        current_user_id: (await context.actor.load()).objectId,
        friends: items.filter(({ status }) => status === 'accepted').map(friendToWire),
        incoming_requests: pending.filter(({ sent }) => !sent).map(requestToWire),
        outgoing_requests: pending.filter(({ sent }) => sent).map(requestToWire),
      },
      headers: nextLink(request.url, next),
    }
  },
})

const removeFriendRoute = route({
  method: 'DELETE',
  path: '/api/friends/remove/{id}/',
  operationId: 'removeFriend',
  summary: 'End a friendship or cancel a friend request',
  access: member,
  params: z.object({
    id: z.string(),
  }),
  responses: { 204: noContent, ...errors.responses('not-your-request', 'friendship-not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await removeFriend(context, params.id))
    return { status: 204, body: null }
  },
})

/** Every /api/friends/* route of this contract. */
export const friendRoutes = [
  sendFriendRequest,
  answerFriendRequest,
  listFriendsRoute,
  alias(listFriendsRoute, { path: '/api/friends/list/', operationId: 'listFriendsByLongPath' }),
  removeFriendRoute,
]
