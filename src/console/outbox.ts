import * as z from 'zod/mini'
import { readOutbox } from '../domain/support/watch.ts'
import { integer } from '../http/request/fields.ts'
import { cursorOf, encodeCursor } from '../http/request/paging.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { OutboxMessage } from '../model/outbox.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Message = documented(
  z.object({
    id: z.string(),
    channel: z.enum(['email', 'sms']),
    recipient: z.string(),
    address: z.string(),
    subject: z.string(),
    body: z.string(),
    created_at: z.string(),
  }),
  { id: 'OutboxMessage' },
)

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

const listOutbox = route({
  method: 'GET',
  path: '/console/api/outbox/',
  access: staffOnly,
  query: z.object({ limit: z._default(integer({ min: 1, max: 200 }), 50), cursor: z.optional(cursorOf(Cursor)) }),
  responses: {
    200: ok(z.object({ messages: z.array(Message), next: z.nullable(z.string()) })),
    ...errors.responses(FORBIDDEN),
  },
  handle: async ({ context, query }) => {
    const { limit, cursor = null } = query
    const { items, next } = await readOutbox(context, cursor, limit)
    return { status: 200, body: { messages: items.map(toWire), next: next && encodeCursor(next) } }
  },
})

/** Every /console/api/outbox/ path: messages that were stored and not sent, because no provider is configured. */
export const outboxRoutes = [listOutbox]
