import * as z from 'zod/mini'
import { listReadMessages, listUnreadMessages, readConversation, readMessages, sendMessage } from '../../domain/messaging.ts'
import { listNotifications, readNotifications } from '../../domain/notifications.ts'
import { pathId, text } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import type { Notification } from '../../model/notification.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { isoTime } from '../../model/time.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse, pk, pkNotFoundText } from './fields.ts'
import { MessageWire, messageToWire } from './message-wire.ts'
import { numberOf } from './numbers.ts'

const query = pageQuery(z.int())

const NotificationView = documented(
  z.object({
    id: z.int(),
    title: z.string(),
    content: z.string(),
    status: z.enum(['Unread', 'Read']),
    created_on: z.string(),
  }),
  { id: 'NotificationSummary' },
)

const notificationToWire = ({ id, title, content, isRead, createdAt }: Notification): z.infer<typeof NotificationView> => ({
  id,
  title,
  content,
  status: isRead ? 'Read' : 'Unread',
  created_on: isoTime(createdAt),
})

const errors = errorTable({
  ...commonErrors.table,
  'no-subscription': () => errorResponse(403, { error: 'You need a subscription to send messages.' }),
  'message-limit': ({ limit }) =>
    errorResponse(403, { error: `You have reached your message limit of ${limit} for your subscription plan.` }),
  'no-such-receiver': ({ receiverId }) => errorResponse(400, { receiver_id: [pkNotFoundText(receiverId)] }),
  'message-to-self': () => errorResponse(400, { error: 'You cannot send a message to yourself.' }),
  'messaging-blocked': () => errorResponse(403, { error: 'This user is not receiving messages from you.' }),
})

const sendMessageRoute = route({
  method: 'POST',
  path: '/message/',
  operationId: 'sendMessage',
  summary: 'Send a message',
  access: member,
  quota: QUOTAS.messages,
  body: z.object({ receiver_id: pk(), content: text({ max: 5000, long: true }) }),
  responses: {
    201: ok(MessageResponse),
    ...errors.responses('no-subscription', 'message-limit', 'no-such-receiver', 'message-to-self', 'messaging-blocked', 'throttled'),
  },
  handle: async ({ context, body }) => {
    errors.unwrap(await sendMessage(context, { receiverId: numberOf(context, body.receiver_id), content: body.content }))
    return { status: 201, body: { message: 'Message Sent Successfully' } }
  },
})

const messageList = ok(z.array(MessageWire))

const listReadMessagesRoute = route({
  method: 'GET',
  path: '/message/',
  operationId: 'listReadMessages',
  summary: 'List the messages that the caller has received and read, oldest first',
  access: member,
  query,
  responses: { 200: messageList },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listReadMessages(context, { after: cursor, limit })
    return { status: 200, body: items.map((message) => messageToWire(context, message)), headers: nextLink(request.url, next) }
  },
})

const listReceivedMessages = route({
  method: 'GET',
  path: '/message/getnewmessages',
  operationId: 'listReceivedMessages',
  summary: 'List all messages that the caller has received, newest first, and mark them as read',
  access: member,
  changesState: true,
  query,
  responses: { 200: messageList },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await readMessages(context, { after: cursor, limit })
    return { status: 200, body: items.map((message) => messageToWire(context, message)), headers: nextLink(request.url, next) }
  },
})

const listUnreadMessagesRoute = route({
  method: 'GET',
  path: '/message/unreadmessages/',
  operationId: 'listUnreadMessages',
  summary: "List the caller's unread messages, newest first, and leave them unread",
  access: member,
  query,
  responses: { 200: messageList },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listUnreadMessages(context, { after: cursor, limit })
    return { status: 200, body: items.map((message) => messageToWire(context, message)), headers: nextLink(request.url, next) }
  },
})

const listConversation = route({
  method: 'GET',
  path: '/message/viewhistory/{user_id}/',
  operationId: 'listConversation',
  summary: 'List the conversation between the caller and another user, oldest first',
  access: member,
  query,
  params: z.object({ user_id: pathId() }),
  responses: { 200: messageList, ...errors.responses('no-such-user') },
  handle: async ({ context, query, params, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = errors.unwrap(await readConversation(context, numberOf(context, params.user_id), { after: cursor, limit }))
    return { status: 200, body: items.map((message) => messageToWire(context, message)), headers: nextLink(request.url, next) }
  },
})

const NO_NOTIFICATIONS = noContent

const listMatchNotifications = route({
  method: 'GET',
  path: '/message/viewmatch/',
  operationId: 'listMatchNotifications',
  summary: "List the caller's notifications of new matches, and mark them as read",
  access: member,
  changesState: true,
  query,
  responses: {
    200: ok(z.extend(MessageResponse, { match_notifications: z.array(NotificationView) })),
    204: NO_NOTIFICATIONS,
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await readNotifications(context, { kind: 'match' }, { after: cursor, limit })
    if (items.length === 0) return { status: 204, body: null }
    return {
      status: 200,
      body: { message: 'New match notification send successfully', match_notifications: items.map(notificationToWire) },
      headers: nextLink(request.url, next),
    }
  },
})

const listBulkNotifications = route({
  method: 'GET',
  path: '/message/viewbulk',
  operationId: 'listBulkNotifications',
  summary: "List the caller's bulk notifications",
  access: member,
  query,
  responses: {
    200: ok(z.object({ message_notifications: z.array(NotificationView) })),
    204: NO_NOTIFICATIONS,
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listNotifications(context, { kind: 'bulk' }, { after: cursor, limit })
    if (items.length === 0) return { status: 204, body: null }
    return { status: 200, body: { message_notifications: items.map(notificationToWire) }, headers: nextLink(request.url, next) }
  },
})

const listMasterDataNotifications = route({
  method: 'GET',
  path: '/message/viewmaster/',
  operationId: 'listMasterDataNotifications',
  summary: "List the caller's notifications of new master data values",
  access: member,
  query,
  responses: {
    200: ok(z.object({ notifications: z.array(NotificationView) })),
    204: NO_NOTIFICATIONS,
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listNotifications(context, { kind: 'master' }, { after: cursor, limit })
    if (items.length === 0) return { status: 204, body: null }
    return { status: 200, body: { notifications: items.map(notificationToWire) }, headers: nextLink(request.url, next) }
  },
})

const listReminders = route({
  method: 'GET',
  path: '/message/viewreminder/',
  operationId: 'listReminders',
  summary: "List the caller's reminders of expiring plans; both keys hold the same list",
  access: member,
  query,
  responses: {
    200: ok(z.object({ message_notifications: z.array(NotificationView), notifications: z.array(NotificationView) })),
    204: NO_NOTIFICATIONS,
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listNotifications(context, { kind: 'reminder' }, { after: cursor, limit })
    if (items.length === 0) return { status: 204, body: null }
    const notifications = items.map(notificationToWire)
    return { status: 200, body: { message_notifications: notifications, notifications }, headers: nextLink(request.url, next) }
  },
})

const listPlanNotifications = route({
  method: 'GET',
  path: '/message/newsubscription/',
  operationId: 'listSubscriptionNotifications',
  summary: "List the caller's unread notifications of new plans, and mark them as read",
  access: member,
  changesState: true,
  query,
  responses: {
    200: ok(z.object({ notifications: z.array(NotificationView) })),
    204: NO_NOTIFICATIONS,
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await readNotifications(context, { kind: 'subscription', unread: true }, { after: cursor, limit })
    if (items.length === 0) return { status: 204, body: null }
    return { status: 200, body: { notifications: items.map(notificationToWire) }, headers: nextLink(request.url, next) }
  },
})

/** The routes under /message/. */
export const messageRoutes = [
  sendMessageRoute,
  listReadMessagesRoute,
  listReceivedMessages,
  alias(listReceivedMessages, { path: '/message/messagebyreceiver/', operationId: 'listReceivedMessagesByLongPath' }),
  listUnreadMessagesRoute,
  listConversation,
  listMatchNotifications,
  listBulkNotifications,
  listMasterDataNotifications,
  listReminders,
  listPlanNotifications,
]
