import { createRoute, z } from '@hono/zod-openapi'
import { readUnreadOf } from '../../domain/messaging/read.ts'
import {
  addPlanAndNotify,
  addValueAndNotify,
  announceNewestMember,
  announceToMembers,
  sendExpiryReminders,
} from '../../domain/notifications/announcements.ts'
import { listNotifications, type Notification } from '../../domain/notifications/read.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { date, field, pathId, text } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { empty, success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { adminOnly, FORBIDDEN } from './guards.ts'
import { EXAMPLE_MESSAGE, MessageWire, messageToWire } from './message-wire.ts'
import { planStatus } from './subscription.ts'

const query = pageQuery(z.int())

const Wire = z
  .object({
    notification_id: z.int(),
    notification_title: z.string(),
    notification_content: z.string(),
    status: z.enum(['Unread', 'Read']),
    created_on: z.string(),
    updated_on: z.string(),
    receiver: z.int(),
  })
  .openapi('Notification')

const toWire = (notification: Notification): z.infer<typeof Wire> => ({
  notification_id: notification.id,
  notification_title: notification.title,
  notification_content: notification.content,
  status: notification.isRead ? 'Read' : 'Unread',
  created_on: isoTime(notification.createdAt),
  updated_on: isoTime(notification.updatedAt),
  receiver: notification.receiverId,
})

const EXAMPLE: z.infer<typeof Wire> = {
  notification_id: 7,
  notification_title: 'New caste Value Added',
  notification_content: 'A new value has been added to caste: GENERAL.',
  status: 'Unread',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  receiver: 16,
}

const MISSING_FIELD_TEXTS = ['This field is required.', 'This field may not be blank.', 'This field may not be null.']

/** If a field is missing, the error response is one sentence. If fields are present but invalid, it is their texts. */
const sentenceIfMissing =
  (sentence: string) =>
  (errors: FieldErrors): Answer => {
    const isMissing = Object.values(errors).some(
      (texts) => Array.isArray(texts) && texts.some((text) => MISSING_FIELD_TEXTS.includes(text)),
    )
    return errorResponse(400, isMissing ? { error: sentence } : errors)
  }

const bulkInvalid = sentenceIfMissing('message_title and message_content are required.')
const masterInvalid = sentenceIfMissing('Both type_id and value are required.')
const planInvalid = sentenceIfMissing('Missing required fields: plan_type, start_date, end_date.')

/** Invalid ids map to 0, which matches no row, so the caller gets the normal error for an unknown type. */
const typeId = () =>
  field<number>({ type: 'integer', minimum: 1, example: 14 }, (value, refuse) => {
    if (value === '') return refuse('This field may not be blank.')
    const parsed = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
    return typeof parsed === 'number' && Number.isSafeInteger(parsed) ? parsed : 0
  })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN.answer,
  'no-gender': () => errorResponse(400, { error: 'The new profile does not have a specified gender.' }),
  'no-such-type': () => errorResponse(400, { error: 'Invalid type_id.' }),
  'value-exists': ({ type, value }) => errorResponse(400, { error: `The value '${value}' already exists in the ${type} category.` }),
})

const NO_RECIPIENTS = empty('No account matches, so nothing was sent')

/** The routes under /notification/. */
export const notification = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/notification/unread/{user_id}',
      summary: "List a user's unread messages",
      description: 'Users may list their own; admins may list those of any user.',
      ...signedIn,
      request: { query, params: z.object({ user_id: pathId({ example: 16 }) }) },
      responses: {
        200: success(
          z.object({ unread_count: z.int(), unread_messages: z.array(MessageWire), notification: z.string() }),
          'The messages, newest first',
          { unread_count: 1, unread_messages: [EXAMPLE_MESSAGE], notification: 'You have 1 unread messages.' },
        ),
        ...errors.responses('forbidden', 'no-such-user'),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const unread = await readUnreadOf(c.var.context, c.req.valid('param').user_id, { after: cursor, limit })
      const { messages, count } = errors.unwrap(unread)
      linkNext(c, messages.next)
      const summary = count > 0 ? `You have ${count} unread messages.` : 'No unread messages.'
      return c.json({ unread_count: count, unread_messages: messages.items.map(messageToWire), notification: summary }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification/newmatch/',
      summary: 'Notify the members who look for the gender of the newest profile',
      ...adminOnly,
      responses: {
        201: success(MessageResponse, 'Notifications sent', { message: 'Notifications sent successfully to all matched users.' }),
        204: NO_RECIPIENTS,
        ...errors.responses('no-gender', FORBIDDEN),
      },
    }),
    async (c) => {
      const notified = errors.unwrap(await announceNewestMember(c.var.context))
      if (notified === 0) return c.body(null, 204)
      return c.json({ message: 'Notifications sent successfully to all matched users.' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification/bulk/',
      summary: 'Send a notification to every active account without flags',
      ...adminOnly,
      request: {
        body: body(
          z.object({
            message_title: text({ max: 300, example: 'Diwali' }),
            message_content: text({ max: 5000, long: true, example: 'A happy Diwali to all of you.' }),
          }),
          { invalid: bulkInvalid },
        ),
      },
      responses: {
        201: success(MessageResponse, 'Notifications sent', { message: 'Diwali message sent successfully to all active users.' }),
        204: NO_RECIPIENTS,
        ...errors.responses(FORBIDDEN),
      },
    }),
    async (c) => {
      const { message_title: title, message_content: content } = c.req.valid('json')
      if ((await announceToMembers(c.var.context, { title, content })) === 0) return c.body(null, 204)
      return c.json({ message: `${title} message sent successfully to all active users.` }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification/addmaster/',
      summary: 'Add a master data value and notify every active account without flags',
      ...adminOnly,
      request: { body: body(z.object({ type_id: typeId(), value: text({ max: 255, example: 'GENERAL' }) }), { invalid: masterInvalid }) },
      responses: {
        201: success(MessageResponse, 'Value added', { message: "New caste value 'GENERAL' added successfully and notifications sent." }),
        ...errors.responses('no-such-type', 'value-exists', FORBIDDEN),
      },
    }),
    async (c) => {
      const { type_id: typeIdInput, value } = c.req.valid('json')
      const type = errors.unwrap(await addValueAndNotify(c.var.context, { typeId: typeIdInput, value }))
      return c.json({ message: `New ${type} value '${value}' added successfully and notifications sent.` }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification/notifyexpiring/',
      summary: 'Remind the accounts whose plan ends within two days, once per end date',
      ...adminOnly,
      responses: {
        200: success(MessageResponse, 'Reminders sent', { message: 'Notifications sent to 3 user(s) with expiring subscriptions.' }),
        ...errors.responses(FORBIDDEN),
      },
    }),
    async (c) => {
      const { notified, expiring } = await sendExpiryReminders(c.var.context)
      const message = expiring
        ? `Notifications sent to ${notified} user(s) with expiring subscriptions.`
        : 'No subscriptions expiring within the next 2 days.'
      return c.json({ message }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/notification/notifysubscription/',
      summary: 'Create a subscription plan and notify every active account without flags',
      ...adminOnly,
      request: {
        body: body(
          z.object({
            plan_type: text({ max: 50, example: 'Gold' }),
            start_date: date({ example: '2024-01-01' }),
            end_date: date({ example: '2025-06-30' }),
            status: planStatus().default('active'),
          }),
          { invalid: planInvalid },
        ),
      },
      responses: {
        200: success(MessageResponse, 'Plan created', { message: "Subscription plan 'Gold' created and notifications sent to 6 user(s)." }),
        ...errors.responses('ends-before-it-starts', FORBIDDEN),
      },
    }),
    async (c) => {
      const { plan_type: planType, start_date: startDate, end_date: endDate, status } = c.req.valid('json')
      const notified = errors.unwrap(await addPlanAndNotify(c.var.context, { planType, startDate, endDate, status }))
      return c.json({ message: `Subscription plan '${planType}' created and notifications sent to ${notified} user(s).` }, 200)
    },
  )

  for (const { path, summary, unread } of [
    { path: '/notification/getall/', summary: "List the caller's notifications, newest first", unread: false },
    { path: '/notification/getallunread/', summary: "List the caller's unread notifications, newest first", unread: true },
  ]) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary,
        ...signedIn,
        request: { query },
        responses: { 200: success(z.array(Wire), 'The notifications', [EXAMPLE]) },
      }),
      async (c) => {
        const { limit, cursor = null } = c.req.valid('query')
        const { items, next } = await listNotifications(c.var.context, { unread }, { after: cursor, limit })
        linkNext(c, next)
        return c.json(items.map(toWire), 200)
      },
    )
  }
}
