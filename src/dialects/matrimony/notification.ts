import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { readUnreadOf } from '../../domain/messaging.ts'
import {
  addPlanAndNotify,
  addValueAndNotify,
  announceNewestMember,
  announceToMembers,
  listNotifications,
  sendExpiryReminders,
} from '../../domain/notifications.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { date, field, pathId, text } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { type ErrorResponse, noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { Notification } from '../../model/notification.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { isoTime } from '../../model/time.ts'
import { adminOnly, FORBIDDEN } from './access.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { MessageWire, messageToWire } from './message-wire.ts'
import { numberOf } from './numbers.ts'
import { planStatus } from './subscription.ts'

const query = pageQuery(z.int())

const Wire = documented(
  z.object({
    notification_id: z.int(),
    notification_title: z.string(),
    notification_content: z.string(),
    status: z.enum(['Unread', 'Read']),
    created_on: z.string(),
    updated_on: z.string(),
    receiver: z.int(),
  }),
  { id: 'Notification' },
)

const toWire = (context: Context, notification: Notification): z.infer<typeof Wire> => ({
  notification_id: notification.id,
  notification_title: notification.title,
  notification_content: notification.content,
  status: notification.isRead ? 'Read' : 'Unread',
  created_on: isoTime(notification.createdAt),
  updated_on: isoTime(notification.updatedAt),
  receiver: numberOf(context, notification.receiverId),
})

const MISSING_FIELD_TEXTS = ['This field is required.', 'This field may not be blank.', 'This field may not be null.']

/** If a field is missing, the error response is one sentence. If fields are present but invalid, it is their texts. */
const sentenceIfMissing =
  (sentence: string) =>
  (errors: FieldErrors): ErrorResponse => {
    const isMissing = Object.values(errors).some(
      (texts) => Array.isArray(texts) && texts.some((text) => MISSING_FIELD_TEXTS.includes(text)),
    )
    return errorResponse(400, isMissing ? { error: sentence } : errors)
  }

/** Invalid ids map to 0, which matches no row, so the caller gets the normal error for an unknown type. */
const typeId = () =>
  field<number>({ type: 'integer', minimum: 1 }, (value, reject) => {
    if (value === '') return reject('This field may not be blank.')
    const parsed = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
    return typeof parsed === 'number' && Number.isSafeInteger(parsed) ? parsed : 0
  })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN.response,
  'no-gender': () => errorResponse(400, { error: 'The new profile does not have a specified gender.' }),
  'no-such-type': () => errorResponse(400, { error: 'Invalid type_id.' }),
  'value-exists': ({ type, value }) => errorResponse(400, { error: `The value '${value}' already exists in the ${type} category.` }),
})

const NO_RECIPIENTS = noContent

const listUnreadMessagesOfUser = route({
  method: 'GET',
  path: '/notification/unread/{user_id}',
  operationId: 'listUnreadMessagesOfUser',
  summary: "List a user's unread messages",
  access: member,
  query,
  params: z.object({ user_id: pathId() }),
  responses: {
    200: ok(z.object({ unread_count: z.int(), unread_messages: z.array(MessageWire), notification: z.string() })),
    ...errors.responses('forbidden', 'no-such-user'),
  },
  handle: async ({ context, query, params, request }) => {
    const { limit, cursor = null } = query
    const { messages, count } = errors.unwrap(await readUnreadOf(context, numberOf(context, params.user_id), { after: cursor, limit }))
    return {
      status: 200,
      body: {
        unread_count: count,
        unread_messages: messages.items.map((message) => messageToWire(context, message)),
        notification: count > 0 ? `You have ${count} unread messages.` : 'No unread messages.',
      },
      headers: nextLink(request.url, messages.next),
    }
  },
})

const notifyOfNewestProfile = route({
  method: 'POST',
  path: '/notification/newmatch/',
  operationId: 'announceNewestProfile',
  summary: 'Notify the members who look for the gender of the newest profile',
  access: adminOnly,
  quota: QUOTAS.announcements,
  responses: {
    201: ok(MessageResponse),
    204: NO_RECIPIENTS,
    ...errors.responses('no-gender'),
  },
  handle: async ({ context }) => {
    const notified = errors.unwrap(await announceNewestMember(context))
    if (notified === 0) return { status: 204, body: null }
    return { status: 201, body: { message: 'Notifications sent successfully to all matched users.' } }
  },
})

const sendBulkNotification = route({
  method: 'POST',
  path: '/notification/bulk/',
  operationId: 'sendBulkNotification',
  summary: 'Send a notification to every active account without flags',
  access: adminOnly,
  quota: QUOTAS.announcements,
  body: z.object({
    message_title: text({ max: 300 }),
    message_content: text({ max: 5000, long: true }),
  }),
  bodyOptions: { invalid: sentenceIfMissing('message_title and message_content are required.') },
  responses: {
    201: ok(MessageResponse),
    204: NO_RECIPIENTS,
  },
  handle: async ({ context, body }) => {
    const { message_title: title, message_content: content } = body
    if ((await announceToMembers(context, { title, content })) === 0) return { status: 204, body: null }
    return { status: 201, body: { message: `${title} message sent successfully to all active users.` } }
  },
})

const addMasterValue = route({
  method: 'POST',
  path: '/notification/addmaster/',
  operationId: 'announceMasterValue',
  summary: 'Add a master data value and notify every active account without flags',
  access: adminOnly,
  quota: QUOTAS.announcements,
  body: z.object({ type_id: typeId(), value: text({ max: 255 }) }),
  bodyOptions: { invalid: sentenceIfMissing('Both type_id and value are required.') },
  responses: {
    201: ok(MessageResponse),
    ...errors.responses('no-such-type', 'value-exists'),
  },
  handle: async ({ context, body: { type_id: typeId, value } }) => {
    const type = errors.unwrap(await addValueAndNotify(context, { typeId, value }))
    return { status: 201, body: { message: `New ${type} value '${value}' added successfully and notifications sent.` } }
  },
})

const remindOfExpiringPlans = route({
  method: 'POST',
  path: '/notification/notifyexpiring/',
  operationId: 'remindOfExpiringSubscriptions',
  summary: 'Remind the accounts whose plan ends within two days, once per end date',
  access: adminOnly,
  quota: QUOTAS.announcements,
  responses: {
    200: ok(MessageResponse),
  },
  handle: async ({ context }) => {
    const { notified, expiring } = await sendExpiryReminders(context)
    const message = expiring
      ? `Notifications sent to ${notified} user(s) with expiring subscriptions.`
      : 'No subscriptions expiring within the next 2 days.'
    return { status: 200, body: { message } }
  },
})

const addSubscriptionPlan = route({
  method: 'POST',
  path: '/notification/notifysubscription/',
  operationId: 'announceSubscription',
  summary: 'Create a subscription plan and notify every active account without flags',
  access: adminOnly,
  quota: QUOTAS.announcements,
  body: z.object({
    plan_type: text({ max: 50 }),
    start_date: date(),
    end_date: date(),
    status: z._default(planStatus(), 'active'),
  }),
  bodyOptions: { invalid: sentenceIfMissing('Missing required fields: plan_type, start_date, end_date.') },
  responses: {
    200: ok(MessageResponse),
    ...errors.responses('ends-before-it-starts'),
  },
  handle: async ({ context, body }) => {
    const { plan_type: planType, start_date: startDate, end_date: endDate, status } = body
    const notified = errors.unwrap(await addPlanAndNotify(context, { planType, startDate, endDate, status }))
    return { status: 200, body: { message: `Subscription plan '${planType}' created and notifications sent to ${notified} user(s).` } }
  },
})

const listAllNotifications = route({
  method: 'GET',
  path: '/notification/getall/',
  operationId: 'listNotifications',
  summary: "List the caller's notifications, newest first",
  access: member,
  query,
  responses: { 200: ok(z.array(Wire)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listNotifications(context, {}, { after: cursor, limit })
    return { status: 200, body: items.map((item) => toWire(context, item)), headers: nextLink(request.url, next) }
  },
})

const listUnreadNotifications = route({
  method: 'GET',
  path: '/notification/getallunread/',
  operationId: 'listUnreadNotifications',
  summary: "List the caller's unread notifications, newest first",
  access: member,
  query,
  responses: { 200: ok(z.array(Wire)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listNotifications(context, { unread: true }, { after: cursor, limit })
    return { status: 200, body: items.map((item) => toWire(context, item)), headers: nextLink(request.url, next) }
  },
})

/** The routes under /notification/. */
export const notificationRoutes = [
  listUnreadMessagesOfUser,
  notifyOfNewestProfile,
  sendBulkNotification,
  addMasterValue,
  remindOfExpiringPlans,
  addSubscriptionPlan,
  listAllNotifications,
  listUnreadNotifications,
]
