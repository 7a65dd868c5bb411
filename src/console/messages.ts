import * as z from 'zod/mini'
import { fileToWire } from '../dialects/recovery/frames.ts'
import type { StaffContext } from '../domain/access.ts'
import { readOwnQueueReturns } from '../domain/support/claim-conversation.ts'
import { numberOf } from '../domain/support/numbers.ts'
import { readHistory } from '../domain/support/read-history.ts'
import { integer, pathId } from '../http/request/fields.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { member } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import type { StoredMessage } from '../model/support.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

export const ChatFile = documented(z.object({ id: z.string(), name: z.string(), type: z.string(), size: z.int() }), { id: 'ChatFile' })

const messageFields = { id: z.int(), message: z.string(), from_admin: z.boolean(), sent_at: z.string(), file: z.optional(ChatFile) }

const OwnMessage = documented(z.object(messageFields), { id: 'OwnMessage' })

const Message = documented(z.object({ ...messageFields, sender: z.object({ id: z.int(), username: z.string() }) }), { id: 'RoomMessage' })

const ownMessageToWire = ({ id, message, fromAdmin, sentAt, file }: StoredMessage): z.infer<typeof OwnMessage> => ({
  id,
  message,
  from_admin: fromAdmin,
  sent_at: isoTime(sentAt),
  ...(file && { file: fileToWire(file) }),
})

const messageToWire = (context: StaffContext, message: StoredMessage): z.infer<typeof Message> => ({
  ...ownMessageToWire(message),
  sender: { id: numberOf(context, message.senderId), username: message.senderName },
})

const query = z.object({ before: z.optional(integer({ min: 1 })), limit: z._default(integer({ min: 1, max: 200 }), 50) })

const listMessages = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/messages/',
  access: staffOnly,
  query,
  params: z.object({ user_id: pathId() }),
  responses: { 200: ok(z.object({ messages: z.array(Message) })), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, query: { before = null, limit }, params }) => {
    const { messages } = errors.unwrap(await readHistory(context, numberOf(context, params.user_id), { before, limit }))
    return { status: 200, body: { messages: messages.map((message) => messageToWire(context, message)) } }
  },
})

const listOwnMessages = route({
  method: 'GET',
  path: '/support/messages/',
  access: member,
  query,
  responses: { 200: ok(z.object({ messages: z.array(OwnMessage) })), ...errors.responses('not-found') },
  handle: async ({ context, query: { before = null, limit } }) => {
    const { messages } = errors.unwrap(await readHistory(context, context.actor.account.id, { before, limit }))
    return { status: 200, body: { messages: messages.map(ownMessageToWire) } }
  },
})

const listOwnReturns = route({
  method: 'GET',
  path: '/support/messages/returns/',
  access: member,
  responses: { 200: ok(z.object({ returns: z.array(z.string()) })) },
  handle: async ({ context }) => ({ status: 200, body: { returns: (await readOwnQueueReturns(context)).map(isoTime) } }),
})

/** The messages as our own pages show them: with files, and for staff with the name of each sender. The contract's list has neither. */
export const messageRoutes = [listMessages, listOwnMessages, listOwnReturns]
