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
import { errors as commonErrors } from './envelope.ts'
import { ownerOnly, ownerOrStaff } from './guards.ts'
import { jsonTranscript, textTranscript } from './transcripts.ts'

const LONGEST = 4000

const NOT_YOURS = errorResponse(403, { error: 'You are not authorized to send messages to this user' })
const NOT_YOUR_CHAT = errorResponse(403, { error: 'You are not authorized to access this chat' })

const errors = errorTable({
  ...commonErrors.table,
  'not-yours': () => NOT_YOURS,
  'assistant-unavailable': ({ resources }) => errorResponse(503, { error: 'The assistant is not available right now.', resources }),
})

const supportFailures = errorTable({
  ...commonErrors.table,
  'not-yours': () => NOT_YOUR_CHAT,
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

/** Whatever is missing, blank or no text at all has one answer; a text that is too long, or holds what no text holds, is told why. */
const invalid = ({ text: wrong, ...errors }: FieldErrors): Answer => {
  const given = Array.isArray(wrong) && wrong.every((said) => said.startsWith('Ensure') || said.endsWith('not allowed.'))
  return wrong === undefined || given
    ? errorResponse(400, { ...(given && { text: wrong }), ...errors })
    : errorResponse(400, { error: 'Message text is required' })
}

const params = z.object({ id: pathId() })

const PAGE = 50
const PAGE_MAX = 500

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

/** Every /api/v1/chat/* path that is no socket: the assistant, and where the support chat is. */
export const chat = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/chat/{id}/',
      summary: 'Write to the assistant',
      description: 'What speaks of suicide or harm is answered with whom to call, and the support desk is told.',
      ...ownerOnly(NOT_YOURS),
      request: {
        params,
        body: body(z.object({ text: text({ max: LONGEST, long: true, example: 'I can not sleep.' }) }), { invalid }),
      },
      responses: {
        200: success(z.object({ response: z.string() }), 'What it errorResponse', { response: 'I am a program, not a person…' }),
        ...errors.responses('not-yours', 'throttled', 'assistant-unavailable'),
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
      summary: "Where a person's support chat is",
      ...ownerOrStaff(NOT_YOUR_CHAT),
      request: { params },
      responses: {
        200: success(z.object({ user_id: z.int(), is_admin: z.boolean(), websocket_url: z.string() }), 'The socket', {
          user_id: 2,
          is_admin: false,
          websocket_url: 'wss://concord.example/ws/chat/2/',
        }),
        ...supportFailures.responses('not-yours', 'not-found'),
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
      summary: 'What was said in the support chat, the newest page first and the oldest first within it',
      ...ownerOrStaff(NOT_YOUR_CHAT),
      request: {
        params,
        query: z.object({
          before: integer({ min: 1, description: 'The page ends before this message.' }).optional(),
          limit: integer({ min: 1, max: PAGE_MAX }).default(PAGE),
        }),
      },
      responses: {
        200: success(
          z.object({
            messages: z.array(Message),
            unread: z.int().openapi({ description: 'What the other side wrote and the caller has not read.' }),
          }),
          'The messages',
          { messages: [EXAMPLE], unread: 1 },
        ),
        ...supportFailures.responses('not-yours', 'not-found'),
      },
    }),
    async (c) => {
      const { before = null, limit } = c.req.valid('query')
      const history = supportFailures.unwrap(await readHistory(c.var.context, c.req.valid('param').id, { before, limit }))
      return c.json({ messages: history.messages.map(messageToWire), unread: history.unread }, 200)
    },
  )

  for (const [form, summary, write, type] of [
    ['txt', 'The whole conversation, to be read', textTranscript, 'text/plain; charset=utf-8'],
    ['json', 'The whole conversation, to be kept', jsonTranscript, 'application/json'],
  ] as const) {
    api.openapi(
      createRoute({
        method: 'get',
        path: `/api/v1/chat/user/support/{id}/messages.${form}`,
        summary,
        ...ownerOrStaff(NOT_YOUR_CHAT),
        request: { params },
        responses: {
          200: {
            description: 'As it was when it was asked for',
            content: { [type]: { schema: form === 'txt' ? z.string() : Transcript } },
          },
          ...supportFailures.responses('not-yours', 'not-found'),
        },
      }),
      async (c) => {
        const transcript = supportFailures.unwrap(await openTranscript(c.var.context, c.req.valid('param').id))
        const name = `support-${transcript.person.id}.${form}`
        const headers = { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` }
        return new Response(write(transcript, messageToWire), { headers })
      },
    )
  }
}

/** On the host that the caller came by, and as safe as they came. */
const socketUrl = (requestUrl: string, userId: number): string => {
  const { protocol, host } = new URL(requestUrl)
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/chat/${userId}/`
}
