import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import { sendMessage } from '../../domain/assistant/send-message.ts'
import type { Context } from '../../domain/context.ts'
import { numberOf } from '../../domain/support/numbers.ts'
import { openChat } from '../../domain/support/open-chat.ts'
import { readHistory } from '../../domain/support/read-history.ts'
import { openTranscript } from '../../domain/support/transcript.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { integer, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { type ErrorResponse, JSON_TYPE, ok, okText } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import type { StoredMessage } from '../../model/support.ts'
import { isoTime } from '../../model/time.ts'
import { ownerOnly, ownerOrStaff } from './access.ts'
import { errors as commonErrors } from './errors.ts'
import { jsonTranscript, textTranscript } from './transcripts.ts'

const MAX_TEXT_LENGTH = 4000

const SEND_FORBIDDEN = errorResponse(403, { error: 'You are not authorized to send messages to this user' })
const CHAT_FORBIDDEN = errorResponse(403, { error: 'You are not authorized to access this chat' })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => SEND_FORBIDDEN,
  'assistant-unavailable': ({ resources }) => errorResponse(503, { error: 'The assistant is not available right now.', resources }),
})

const supportErrors = errorTable({
  ...commonErrors.table,
  forbidden: () => CHAT_FORBIDDEN,
  'not-found': () => errorResponse(404, { error: 'User not found' }),
})

/** A missing, blank or non-string text always gets the same error. A text that is too long, or that contains forbidden characters, gets its field errors. */
const invalid = ({ text: textErrors, ...errors }: FieldErrors): ErrorResponse => {
  const isText = Array.isArray(textErrors) && textErrors.every((error) => error.startsWith('Ensure') || error.endsWith('not allowed.'))
  return textErrors === undefined || isText
    ? errorResponse(400, { ...(isText && { text: textErrors }), ...errors })
    : errorResponse(400, { error: 'Message text is required' })
}

const params = z.object({ id: pathId() })

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 500
const TEXT_TYPE = 'text/plain; charset=utf-8'

const Message = documented(
  z.object({ id: z.int(), message: z.string(), from_admin: z.boolean(), sender_id: z.int(), sent_at: z.string() }),
  { id: 'SupportMessage' },
)

const messageToWire = (context: Context, { id, message, fromAdmin, senderId, sentAt }: StoredMessage): z.infer<typeof Message> => ({
  id,
  message,
  from_admin: fromAdmin,
  sender_id: numberOf(context, senderId),
  sent_at: isoTime(sentAt),
})

const Transcript = documented(z.object({ user_id: z.int(), username: z.string(), exported_at: z.string(), messages: z.array(Message) }), {
  id: 'SupportTranscript',
})

const messageAssistant = route({
  method: 'POST',
  path: '/api/v1/chat/{id}/',
  operationId: 'messageAssistant',
  summary: 'Send a message to the assistant',
  access: ownerOnly(SEND_FORBIDDEN),
  quota: QUOTAS.assistantMessages,
  body: z.object({ text: text({ max: MAX_TEXT_LENGTH, long: true }) }),
  bodyOptions: { invalid },
  params,
  responses: {
    200: ok(z.object({ response: z.string() })),
    ...errors.responses('forbidden', 'throttled', 'assistant-unavailable'),
  },
  handle: async ({ context, body }) => {
    const { response } = errors.unwrap(await sendMessage(context, body.text))
    return { status: 200, body: { response } }
  },
})

const openChatRoute = route({
  method: 'GET',
  path: '/api/v1/chat/user/support/{id}/',
  operationId: 'openSupportChat',
  summary: "Get the WebSocket URL of a person's support chat",
  access: ownerOrStaff(CHAT_FORBIDDEN),
  params,
  responses: {
    200: ok(z.object({ user_id: z.int(), is_admin: z.boolean(), websocket_url: z.string() })),
    ...supportErrors.responses('forbidden', 'not-found'),
  },
  handle: async ({ context, params, request }) => {
    const { userId, isAdmin } = supportErrors.unwrap(await openChat(context, numberOf(context, params.id)))
    const number = numberOf(context, userId)
    return { status: 200, body: { user_id: number, is_admin: isAdmin, websocket_url: socketUrl(request.url, number) } }
  },
})

const listMessages = route({
  method: 'GET',
  path: '/api/v1/chat/user/support/{id}/messages/',
  operationId: 'listSupportMessages',
  summary: 'List the messages of a support chat, newest page first; oldest message first within a page',
  access: ownerOrStaff(CHAT_FORBIDDEN),
  query: z.object({
    before: z.optional(integer({ min: 1 })),
    limit: z._default(integer({ min: 1, max: MAX_PAGE_SIZE }), DEFAULT_PAGE_SIZE),
  }),
  params,
  responses: {
    200: ok(
      z.object({
        messages: z.array(Message),
        unread: z.int(),
      }),
    ),
    ...supportErrors.responses('forbidden', 'not-found'),
  },
  handle: async ({ context, query, params }) => {
    const { before = null, limit } = query
    const history = supportErrors.unwrap(await readHistory(context, numberOf(context, params.id), { before, limit }))
    return { status: 200, body: { messages: history.messages.map((message) => messageToWire(context, message)), unread: history.unread } }
  },
})

/** The transcript of the person with this number. The file names the person by it. */
const openNumbered = async (context: MemberContext, number: number) => {
  const { person, ...transcript } = supportErrors.unwrap(await openTranscript(context, numberOf(context, number)))
  return { ...transcript, person: { ...person, id: number } }
}

const downloadText = route({
  method: 'GET',
  path: '/api/v1/chat/user/support/{id}/messages.txt',
  operationId: 'downloadTranscriptAsText',
  summary: 'Download the whole conversation as text',
  access: ownerOrStaff(CHAT_FORBIDDEN),
  params,
  responses: {
    200: okText(TEXT_TYPE, z.string()),
    ...supportErrors.responses('forbidden', 'not-found'),
  },
  handle: async ({ context, params }) => {
    const transcript = await openNumbered(context, params.id)
    return { response: asFile(textTranscript(transcript), TEXT_TYPE, `support-${transcript.person.id}.txt`) }
  },
})

const downloadJson = route({
  method: 'GET',
  path: '/api/v1/chat/user/support/{id}/messages.json',
  operationId: 'downloadTranscriptAsJson',
  summary: 'Download the whole conversation as JSON',
  access: ownerOrStaff(CHAT_FORBIDDEN),
  params,
  responses: {
    200: ok(Transcript),
    ...supportErrors.responses('forbidden', 'not-found'),
  },
  handle: async ({ context, params }) => {
    const transcript = await openNumbered(context, params.id)
    return {
      response: asFile(
        jsonTranscript(transcript, (message) => messageToWire(context, message)),
        JSON_TYPE,
        `support-${transcript.person.id}.json`,
      ),
    }
  },
})

const asFile = (content: ReadableStream<Uint8Array>, type: string, filename: string): Response =>
  new Response(content, { headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${filename}"` } })

/** On the host of the request; `wss` where the request came over HTTPS. */
const socketUrl = (requestUrl: string, userId: number): string => {
  const { protocol, host } = new URL(requestUrl)
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/chat/${userId}/`
}

/** Every /api/v1/chat/* path: the assistant, and the support chat over HTTP. Its WebSockets are in ws.ts. */
export const chatRoutes = [messageAssistant, openChatRoute, listMessages, downloadText, downloadJson]
