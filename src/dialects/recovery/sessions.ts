import { createRoute, z } from '@hono/zod-openapi'
import { type LiveSession, listLiveSessions } from '../../domain/sessions/list-live.ts'
import { revokeOtherSessions, revokeSession } from '../../domain/sessions/log-out.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { signedIn } from '../../http/credentials.ts'
import { empty, success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors as commonErrors } from './envelope.ts'

const Live = z
  .object({
    id: z.string().openapi({ description: 'What the session is ended by.' }),
    kind: z
      .enum(['token', 'session', 'pair'])
      .openapi({ description: 'A token, a browser session, or an access token with its refresh token.' }),
    created_at: z.string(),
    last_seen: z.string().openapi({ format: 'date', description: 'The day, in UTC.' }),
    user_agent: z.string(),
    current: z.boolean().openapi({ description: 'It is the one that asks.' }),
  })
  .openapi('LiveSession')

const toWire = ({ id, kind, createdAt, lastSeenDay, userAgent, current }: LiveSession): z.infer<typeof Live> => ({
  id,
  kind,
  created_at: isoTime(createdAt),
  last_seen: lastSeenDay,
  user_agent: userAgent,
  current,
})

const EXAMPLE: z.infer<typeof Live> = {
  id: '0f8fad5bd9cb469fa16570867728950e',
  kind: 'token',
  created_at: '2026-11-20T10:30:00Z',
  last_seen: '2026-11-20',
  user_agent: 'curl/8.5.0',
  current: true,
}

const errors = errorTable({ ...commonErrors.table, 'not-found': () => errorResponse(404, { error: 'Session not found.' }) })

/** Every /api/v1/user/sessions/ path: where somebody is logged in, in whichever of the contracts. */
export const sessions = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/user/sessions/',
      summary: 'Where the caller is logged in, the newest first',
      ...signedIn,
      responses: { 200: success(z.array(Live), 'Every live credential of the account', [EXAMPLE]) },
    }),
    async (c) => c.json((await listLiveSessions(c.var.context)).map(toWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/user/sessions/',
      summary: 'Log out everywhere else',
      ...signedIn,
      responses: { 200: success(z.object({ revoked: z.int() }), 'How many were ended', { revoked: 2 }) },
    }),
    async (c) => c.json({ revoked: await revokeOtherSessions(c.var.context) }, 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/user/sessions/{session_id}/',
      summary: 'End one of them',
      ...signedIn,
      request: { params: z.object({ session_id: z.string().openapi({ example: EXAMPLE.id }) }) },
      responses: { 204: empty('It is ended'), ...errors.responses('not-found') },
    }),
    async (c) => {
      errors.unwrap(await revokeSession(c.var.context, c.req.valid('param').session_id))
      return c.body(null, 204)
    },
  )
}
