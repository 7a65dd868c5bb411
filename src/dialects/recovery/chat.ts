import { createRoute, z } from '@hono/zod-openapi'
import { sendMessage } from '../../domain/assistant/send-message.ts'
import { openChat } from '../../domain/support/open-chat.ts'
import { type Answer, failuresOf, says } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { pathId, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { failures as usual } from './envelope.ts'
import { ownerOnly, ownerOrStaff } from './guards.ts'

const LONGEST = 4000

const NOT_YOURS = says(403, { error: 'You are not authorized to send messages to this user' })
const NOT_YOUR_CHAT = says(403, { error: 'You are not authorized to access this chat' })

const failures = failuresOf({
  ...usual.table,
  'not-yours': () => NOT_YOURS,
  'assistant-unavailable': ({ resources }) => says(503, { error: 'The assistant is not available right now.', resources }),
})

const supportFailures = failuresOf({
  ...usual.table,
  'not-yours': () => NOT_YOUR_CHAT,
  'not-found': () => says(404, { error: 'User not found' }),
})

/** Whatever is missing, blank or no text at all has one answer; a text that is too long, or holds what no text holds, is told why. */
const invalid = ({ text: wrong, ...errors }: FieldErrors): Answer => {
  const given = Array.isArray(wrong) && wrong.every((said) => said.startsWith('Ensure') || said.endsWith('not allowed.'))
  return wrong === undefined || given
    ? says(400, { ...(given && { text: wrong }), ...errors })
    : says(400, { error: 'Message text is required' })
}

const params = z.object({ id: pathId() })

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
        200: success(z.object({ response: z.string() }), 'What it says', { response: 'I am a program, not a person…' }),
        ...failures.documented('not-yours', 'throttled', 'assistant-unavailable'),
      },
    }),
    async (c) => {
      const { response } = failures.settle(await sendMessage(c.var.ctx, c.req.valid('json').text))
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
        ...supportFailures.documented('not-yours', 'not-found'),
      },
    }),
    async (c) => {
      const { userId, isAdmin } = supportFailures.settle(await openChat(c.var.ctx, c.req.valid('param').id))
      return c.json({ user_id: userId, is_admin: isAdmin, websocket_url: socketUrl(c.req.url, userId) }, 200)
    },
  )
}

/** On the host that the caller came by, and as safe as they came. */
const socketUrl = (requestUrl: string, userId: number): string => {
  const { protocol, host } = new URL(requestUrl)
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/chat/${userId}/`
}
