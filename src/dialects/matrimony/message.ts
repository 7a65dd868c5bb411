import { createRoute, z } from '@hono/zod-openapi'
import type { MemberContext } from '../../domain/context.ts'
import { type DirectMessage, listReadMessages, listUnreadMessages, readConversation, readMessages } from '../../domain/messaging/read.ts'
import { sendMessage } from '../../domain/messaging/send.ts'
import { listNotifications, type Notification, readNotifications } from '../../domain/notifications/read.ts'
import type { Page } from '../../domain/page.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { pathId, text } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { empty, success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse, pk, pkNotFoundText } from './fields.ts'
import { EXAMPLE_MESSAGE, MessageWire, messageToWire } from './message-wire.ts'

const query = pageQuery(z.int())

const NotificationView = z.object({
  id: z.int(),
  title: z.string(),
  content: z.string(),
  status: z.enum(['Unread', 'Read']),
  created_on: z.string(),
})

const notificationToWire = ({ id, title, content, isRead, createdAt }: Notification): z.infer<typeof NotificationView> => ({
  id,
  title,
  content,
  status: isRead ? 'Read' : 'Unread',
  created_on: isoTime(createdAt),
})

const NEW_MATCH: z.infer<typeof NotificationView> = {
  id: 7,
  title: 'New Match Found',
  content: 'Congratulations! A new match has been found: User ID 16.',
  status: 'Unread',
  created_on: '2024-11-19T16:02:30Z',
}

const errors = errorTable({
  ...commonErrors.table,
  'no-subscription': () => errorResponse(403, { error: 'You need a subscription to send messages.' }),
  'message-limit': ({ limit }) =>
    errorResponse(403, { error: `You have reached your message limit of ${limit} for your subscription plan.` }),
  'no-such-receiver': ({ receiverId }) => errorResponse(400, { receiver_id: [pkNotFoundText(receiverId)] }),
  'message-to-self': () => errorResponse(400, { error: 'You cannot send a message to yourself.' }),
  'messaging-blocked': () => errorResponse(403, { error: 'This user is not receiving messages from you.' }),
})

interface PageRequest {
  readonly after: number | null
  readonly limit: number
}

/** The four lists of received messages. They differ in path, filter, order, and in whether reading marks the messages as read. */
const LISTS: readonly {
  readonly path: string
  readonly summary: string
  readonly read: (context: MemberContext, page: PageRequest) => Promise<Page<DirectMessage, number>>
}[] = [
  { path: '/message/', summary: 'List the messages that the caller has received and read, oldest first', read: listReadMessages },
  {
    path: '/message/getnewmessages',
    summary: 'List all messages that the caller has received, newest first, and mark them as read',
    read: readMessages,
  },
  {
    path: '/message/messagebyreceiver/',
    summary: 'List all messages that the caller has received, newest first, and mark them as read',
    read: readMessages,
  },
  {
    path: '/message/unreadmessages/',
    summary: "List the caller's unread messages, newest first, and leave them unread",
    read: listUnreadMessages,
  },
]

const NO_NOTIFICATIONS = empty('There are no notifications')

/** The routes under /message/. */
export const message = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/message/',
      summary: 'Send a message',
      description: 'Requires an active subscription plan. `basic` allows 10 messages in total and `premium` 40; other plans have no limit.',
      ...signedIn,
      request: { body: body(z.object({ receiver_id: pk({ example: 16 }), content: text({ max: 5000, long: true, example: 'Hello!' }) })) },
      responses: {
        201: success(MessageResponse, 'Sent', { message: 'Message Sent Successfully' }),
        ...errors.responses('no-subscription', 'message-limit', 'no-such-receiver', 'message-to-self', 'messaging-blocked', 'throttled'),
      },
    }),
    async (c) => {
      const { receiver_id: receiverId, content } = c.req.valid('json')
      errors.unwrap(await sendMessage(c.var.context, { receiverId, content }))
      return c.json({ message: 'Message Sent Successfully' }, 201)
    },
  )

  for (const { path, summary, read } of LISTS) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary,
        ...signedIn,
        request: { query },
        responses: { 200: success(z.array(MessageWire), 'The messages', [EXAMPLE_MESSAGE]) },
      }),
      async (c) => {
        const { limit, cursor = null } = c.req.valid('query')
        const { items, next } = await read(c.var.context, { after: cursor, limit })
        linkNext(c, next)
        return c.json(items.map(messageToWire), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewhistory/{user_id}/',
      summary: 'List the conversation between the caller and another user, oldest first',
      ...signedIn,
      request: { query, params: z.object({ user_id: pathId({ example: 16 }) }) },
      responses: { 200: success(z.array(MessageWire), 'The messages', [EXAMPLE_MESSAGE]), ...errors.responses('no-such-user') },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const conversation = await readConversation(c.var.context, c.req.valid('param').user_id, { after: cursor, limit })
      const { items, next } = errors.unwrap(conversation)
      linkNext(c, next)
      return c.json(items.map(messageToWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewmatch/',
      summary: "List the caller's notifications of new matches, and mark them as read",
      ...signedIn,
      request: { query },
      responses: {
        200: success(
          MessageResponse.extend({ match_notifications: z.array(NotificationView) }),
          'The notifications, with their status before this request',
          {
            message: 'New match notification send successfully',
            match_notifications: [NEW_MATCH],
          },
        ),
        204: NO_NOTIFICATIONS,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await readNotifications(c.var.context, { kind: 'match' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ message: 'New match notification send successfully', match_notifications: items.map(notificationToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewbulk',
      summary: "List the caller's bulk notifications",
      ...signedIn,
      request: { query },
      responses: {
        200: success(z.object({ message_notifications: z.array(NotificationView) }), 'The notifications'),
        204: NO_NOTIFICATIONS,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'bulk' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ message_notifications: items.map(notificationToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewmaster/',
      summary: "List the caller's notifications of new master data values",
      ...signedIn,
      request: { query },
      responses: { 200: success(z.object({ notifications: z.array(NotificationView) }), 'The notifications'), 204: NO_NOTIFICATIONS },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'master' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ notifications: items.map(notificationToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewreminder/',
      summary: "List the caller's reminders of expiring plans; both keys hold the same list",
      ...signedIn,
      request: { query },
      responses: {
        200: success(
          z.object({ message_notifications: z.array(NotificationView), notifications: z.array(NotificationView) }),
          'The notifications',
        ),
        204: NO_NOTIFICATIONS,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'reminder' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      const notifications = items.map(notificationToWire)
      return c.json({ message_notifications: notifications, notifications }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/newsubscription/',
      summary: "List the caller's unread notifications of new plans, and mark them as read",
      ...signedIn,
      request: { query },
      responses: {
        200: success(z.object({ notifications: z.array(NotificationView) }), 'The notifications, with their status before this request'),
        204: NO_NOTIFICATIONS,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await readNotifications(c.var.context, { kind: 'subscription', unread: true }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ notifications: items.map(notificationToWire) }, 200)
    },
  )
}
