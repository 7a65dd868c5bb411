import { createRoute, z } from '@hono/zod-openapi'
import { type OutboxMessage, readOutbox } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { integer } from '../http/fields.ts'
import { cursorOf, cursorText } from '../http/paging.ts'
import { success } from '../http/responses.ts'
import { isoTime } from '../http/times.ts'
import { errors } from './errors.ts'

const Message = z
  .object({
    id: z.string(),
    channel: z.enum(['email', 'sms']),
    recipient: z.string(),
    address: z.string(),
    subject: z.string(),
    body: z.string(),
    created_at: z.string(),
  })
  .openapi('OutboxMessage')

const toWire = ({ key, createdAt, ...message }: OutboxMessage): z.infer<typeof Message> => ({
  id: key,
  channel: message.channel,
  recipient: message.recipient,
  address: message.address,
  subject: message.subject,
  body: message.body,
  created_at: isoTime(createdAt),
})

const Cursor = z.object({ createdAt: z.int(), key: z.string() })

/** Every /console/api/outbox/ path: messages that were stored and not sent, because no provider is configured. */
export const outbox = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/outbox/',
      summary: 'List the outbox, newest message first',
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: 200 }).default(50), cursor: cursorOf(Cursor).optional() }) },
      responses: {
        200: success(z.object({ messages: z.array(Message), next: z.string().nullable() }), 'The messages'),
        ...errors.responses('forbidden'),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const page = errors.unwrap(await readOutbox(c.var.context, cursor, limit))
      return c.json({ messages: page.items.map(toWire), next: page.next && cursorText(page.next) }, 200)
    },
  )
}
