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
import { errors as commonErrors } from './envelope.ts'
import { Message, noSuchPk, pk } from './fields.ts'
import { HELLO, toWire, Wire } from './message-wire.ts'

const query = pageQuery(z.int())

const Told = z.object({ id: z.int(), title: z.string(), content: z.string(), status: z.enum(['Unread', 'Read']), created_on: z.string() })

const toldToWire = ({ id, title, content, isRead, createdAt }: Notification): z.infer<typeof Told> => ({
  id,
  title,
  content,
  status: isRead ? 'Read' : 'Unread',
  created_on: isoTime(createdAt),
})

const NEW_MATCH: z.infer<typeof Told> = {
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
  'no-such-receiver': ({ receiverId }) => errorResponse(400, { receiver_id: [noSuchPk(receiverId)] }),
  'messages-self': () => errorResponse(400, { error: 'You cannot send a message to yourself.' }),
  'not-receiving': () => errorResponse(403, { error: 'This user is not receiving messages from you.' }),
})

interface Part {
  readonly after: number | null
  readonly limit: number
}

/** The four lists of messages. */
const LISTS: readonly {
  readonly path: string
  readonly summary: string
  readonly read: (context: MemberContext, part: Part) => Promise<Page<DirectMessage, number>>
}[] = [
  { path: '/message/', summary: 'What the caller has received and read, oldest first', read: listReadMessages },
  { path: '/message/getnewmessages', summary: 'All that the caller received, newest first, and read from now on', read: readMessages },
  { path: '/message/messagebyreceiver/', summary: 'All that the caller received, newest first, and read from now on', read: readMessages },
  { path: '/message/unreadmessages/', summary: 'What the caller has not read, newest first; it stays so', read: listUnreadMessages },
]

const NOBODY = empty('There are none')

/** Every /message/* path of this contract. */
export const message = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/message/',
      summary: 'Write to somebody',
      description: 'A plan `basic` allows 10 messages and `premium` 40, over all that were ever sent; the others any number.',
      ...signedIn,
      request: { body: body(z.object({ receiver_id: pk({ example: 16 }), content: text({ max: 5000, long: true, example: 'Hello!' }) })) },
      responses: {
        201: success(Message, 'Sent', { message: 'Message Sent Successfully' }),
        ...errors.responses('no-subscription', 'message-limit', 'no-such-receiver', 'messages-self', 'not-receiving', 'throttled'),
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
        responses: { 200: success(z.array(Wire), 'The messages', [HELLO]) },
      }),
      async (c) => {
        const { limit, cursor = null } = c.req.valid('query')
        const { items, next } = await read(c.var.context, { after: cursor, limit })
        linkNext(c, next)
        return c.json(items.map(toWire), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewhistory/{user_id}/',
      summary: 'What the caller and somebody else wrote to each other, oldest first',
      ...signedIn,
      request: { query, params: z.object({ user_id: pathId({ example: 16 }) }) },
      responses: { 200: success(z.array(Wire), 'The messages', [HELLO]), ...errors.responses('no-such-user') },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const found = await readConversation(c.var.context, c.req.valid('param').user_id, { after: cursor, limit })
      const { items, next } = errors.unwrap(found)
      linkNext(c, next)
      return c.json(items.map(toWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewmatch/',
      summary: "The caller's notifications of new matches, read from now on",
      ...signedIn,
      request: { query },
      responses: {
        200: success(Message.extend({ match_notifications: z.array(Told) }), 'The notifications, as they were', {
          message: 'New match notification send successfully',
          match_notifications: [NEW_MATCH],
        }),
        204: NOBODY,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await readNotifications(c.var.context, { kind: 'match' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ message: 'New match notification send successfully', match_notifications: items.map(toldToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewbulk',
      summary: 'What was said to everybody, whatever its title',
      ...signedIn,
      request: { query },
      responses: { 200: success(z.object({ message_notifications: z.array(Told) }), 'The notifications'), 204: NOBODY },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'bulk' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ message_notifications: items.map(toldToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewmaster/',
      summary: "The caller's notifications of new values",
      ...signedIn,
      request: { query },
      responses: { 200: success(z.object({ notifications: z.array(Told) }), 'The notifications'), 204: NOBODY },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'master' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ notifications: items.map(toldToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/viewreminder/',
      summary: "The caller's reminders that a plan ends, under two names",
      ...signedIn,
      request: { query },
      responses: {
        200: success(z.object({ message_notifications: z.array(Told), notifications: z.array(Told) }), 'The notifications'),
        204: NOBODY,
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listNotifications(c.var.context, { kind: 'reminder' }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      const shown = items.map(toldToWire)
      return c.json({ message_notifications: shown, notifications: shown }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/message/newsubscription/',
      summary: "The caller's unread notifications of new plans, read from now on",
      ...signedIn,
      request: { query },
      responses: { 200: success(z.object({ notifications: z.array(Told) }), 'The notifications, as they were'), 204: NOBODY },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await readNotifications(c.var.context, { kind: 'subscription', unread: true }, { after: cursor, limit })
      if (items.length === 0) return c.body(null, 204)
      linkNext(c, next)
      return c.json({ notifications: items.map(toldToWire) }, 200)
    },
  )
}
