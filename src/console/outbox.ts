import { createRoute, z } from '@hono/zod-openapi'
import { type OutboxMessage, readOutbox } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { integer } from '../http/fields.ts'
import { cursorOf, cursorText } from '../http/paging.ts'
import { success } from '../http/responses.ts'
import { isoTime } from '../http/times.ts'
import { errors } from './envelope.ts'

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

const toWire = ({ key, createdAt, ...same }: OutboxMessage): z.infer<typeof Message> => ({
  id: key,
  channel: same.channel,
  recipient: same.recipient,
  address: same.address,
  subject: same.subject,
  body: same.body,
  created_at: isoTime(createdAt),
})

const Place = z.object({ createdAt: z.int(), key: z.string() })

/** Every /console/api/outbox/ path: what was kept and not sent, while there is no provider. */
export const outbox = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/outbox/',
      summary: 'What would have been sent, the newest first',
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: 200 }).default(50), cursor: cursorOf(Place).optional() }) },
      responses: {
        200: success(z.object({ messages: z.array(Message), next: z.string().nullable() }), 'The messages'),
        ...errors.responses('not-yours'),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const page = errors.unwrap(await readOutbox(c.var.context, cursor, limit))
      return c.json({ messages: page.items.map(toWire), next: page.next && cursorText(page.next) }, 200)
    },
  )
}
