import { createRoute, z } from '@hono/zod-openapi'
import { sendMessage } from '../../domain/assistant/send-message.ts'
import { openChat } from '../../domain/support/open-chat.ts'
import { readHistory } from '../../domain/support/read-history.ts'
import { openTranscript } from '../../domain/support/transcript.ts'
import type { StoredMessage } from '../../domain/support/types.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { integer, pathId, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors as commonErrors } from './errors.ts'
import { ownerOnly, ownerOrStaff } from './guards.ts'
import { jsonTranscript, textTranscript } from './transcripts.ts'

const MAX_TEXT_LENGTH = 4000

const SEND_FORBIDDEN = errorResponse(403, { error: 'You are not authorized to send messages to this user' })
const CHAT_FORBIDDEN = errorResponse(403, { error: 'You are not authorized to access this chat' })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => SEND_FORBIDDEN,
  'assistant-unavailable': ({ resources }) => errorResponse(503, { error: 'The assistant is not available right now.', resources }),
})

const supportFailures = errorTable({
  ...commonErrors.table,
  forbidden: () => CHAT_FORBIDDEN,
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

/** A missing, blank or non-string text always gets the same error. A text that is too long, or that contains forbidden characters, gets its field errors. */
const invalid = ({ text: textErrors, ...errors }: FieldErrors): Answer => {
  const isText = Array.isArray(textErrors) && textErrors.every((error) => error.startsWith('Ensure') || error.endsWith('not allowed.'))
  return textErrors === undefined || isText
    ? errorResponse(400, { ...(isText && { text: textErrors }), ...errors })
    : errorResponse(400, { error: 'Message text is required' })
}

const params = z.object({ id: pathId() })

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 500

const Message = z
  .object({ id: z.int(), message: z.string(), from_admin: z.boolean(), sender_id: z.int(), sent_at: z.string() })
  .openapi('SupportMessage')

const messageToWire = ({ id, message, fromAdmin, senderId, sentAt }: StoredMessage): z.infer<typeof Message> => ({
  id,
  message,
  from_admin: fromAdmin,
  sender_id: senderId,
  sent_at: isoTime(sentAt),
})

const Transcript = z
  .object({ user_id: z.int(), username: z.string(), exported_at: z.string(), messages: z.array(Message) })
  .openapi('SupportTranscript')

const EXAMPLE: z.infer<typeof Message> = {
  id: 12,
  message: 'I am here.',
  from_admin: true,
  sender_id: 1,
  sent_at: '2026-11-20T18:55:00Z',
}

/** Every /api/v1/chat/* path: the assistant, and the support chat over HTTP. Its WebSockets are in ws.ts. */
export const chat = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/chat/{id}/',
      summary: 'Send a message to the assistant',
      description: 'A message about suicide or self-harm is answered with crisis resources, and the support desk is notified.',
      ...ownerOnly(SEND_FORBIDDEN),
      request: {
        params,
        body: body(z.object({ text: text({ max: MAX_TEXT_LENGTH, long: true, example: 'I can not sleep.' }) }), { invalid }),
      },
      responses: {
        200: success(z.object({ response: z.string() }), "The assistant's reply", { response: 'I am a program, not a person…' }),
        ...errors.responses('forbidden', 'throttled', 'assistant-unavailable'),
      },
    }),
    async (c) => {
      const { response } = errors.unwrap(await sendMessage(c.var.context, c.req.valid('json').text))
      return c.json({ response }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/chat/user/support/{id}/',
      summary: "Get the WebSocket URL of a person's support chat",
      ...ownerOrStaff(CHAT_FORBIDDEN),
      request: { params },
      responses: {
        200: success(z.object({ user_id: z.int(), is_admin: z.boolean(), websocket_url: z.string() }), 'The WebSocket URL', {
          user_id: 2,
          is_admin: false,
          websocket_url: 'wss://concord.example/ws/chat/2/',
        }),
        ...supportFailures.responses('forbidden', 'not-found'),
      },
    }),
    async (c) => {
      const { userId, isAdmin } = supportFailures.unwrap(await openChat(c.var.context, c.req.valid('param').id))
      return c.json({ user_id: userId, is_admin: isAdmin, websocket_url: socketUrl(c.req.url, userId) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/chat/user/support/{id}/messages/',
      summary: 'List the messages of a support chat, newest page first; oldest message first within a page',
      ...ownerOrStaff(CHAT_FORBIDDEN),
      request: {
        params,
        query: z.object({
          before: integer({ min: 1, description: 'The id of a message. The page ends before it.' }).optional(),
          limit: integer({ min: 1, max: MAX_PAGE_SIZE }).default(DEFAULT_PAGE_SIZE),
        }),
      },
      responses: {
        200: success(
          z.object({
            messages: z.array(Message),
            unread: z.int().openapi({ description: 'How many messages of the other side the caller has not read.' }),
          }),
          'The messages',
          { messages: [EXAMPLE], unread: 1 },
        ),
        ...supportFailures.responses('forbidden', 'not-found'),
      },
    }),
    async (c) => {
      const { before = null, limit } = c.req.valid('query')
      const history = supportFailures.unwrap(await readHistory(c.var.context, c.req.valid('param').id, { before, limit }))
      return c.json({ messages: history.messages.map(messageToWire), unread: history.unread }, 200)
    },
  )

  for (const [extension, summary, render, type] of [
    ['txt', 'Download the whole conversation as text', textTranscript, 'text/plain; charset=utf-8'],
    ['json', 'Download the whole conversation as JSON', jsonTranscript, 'application/json'],
  ] as const) {
    api.openapi(
      createRoute({
        method: 'get',
        path: `/api/v1/chat/user/support/{id}/messages.${extension}`,
        summary,
        ...ownerOrStaff(CHAT_FORBIDDEN),
        request: { params },
        responses: {
          200: {
            description: 'The conversation up to the time of the request',
            content: { [type]: { schema: extension === 'txt' ? z.string() : Transcript } },
          },
          ...supportFailures.responses('forbidden', 'not-found'),
        },
      }),
      async (c) => {
        const transcript = supportFailures.unwrap(await openTranscript(c.var.context, c.req.valid('param').id))
        const filename = `support-${transcript.person.id}.${extension}`
        const headers = { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${filename}"` }
        return new Response(render(transcript, messageToWire), { headers })
      },
    )
  }
}

/** On the host of the request; `wss` where the request came over HTTPS. */
const socketUrl = (requestUrl: string, userId: number): string => {
  const { protocol, host } = new URL(requestUrl)
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/chat/${userId}/`
}
