import { createRoute, z } from '@hono/zod-openapi'
import { type ActiveSession, listActiveSessions } from '../../domain/sessions/list-active.ts'
import { revokeOtherSessions, revokeSession } from '../../domain/sessions/log-out.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { signedIn } from '../../http/credentials.ts'
import { empty, success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors as commonErrors } from './errors.ts'

const Session = z
  .object({
    id: z.string().openapi({ description: 'Identifies the session when it is ended.' }),
    kind: z
      .enum(['token', 'session', 'pair'])
      .openapi({ description: 'A token, a browser session, or an access token with its refresh token.' }),
    created_at: z.string(),
    last_seen: z.string().openapi({ format: 'date', description: 'The day, in UTC.' }),
    user_agent: z.string(),
    current: z.boolean().openapi({ description: 'The session that makes this request.' }),
  })
  .openapi('LiveSession')

const toWire = ({ id, kind, createdAt, lastSeenDay, userAgent, current }: ActiveSession): z.infer<typeof Session> => ({
  id,
  kind,
  created_at: isoTime(createdAt),
  last_seen: lastSeenDay,
  user_agent: userAgent,
  current,
})

const EXAMPLE: z.infer<typeof Session> = {
  id: '0f8fad5bd9cb469fa16570867728950e',
  kind: 'token',
  created_at: '2026-11-20T10:30:00Z',
  last_seen: '2026-11-20',
  user_agent: 'curl/8.5.0',
  current: true,
}

const errors = errorTable({ ...commonErrors.table, 'not-found': () => errorResponse(404, { error: 'Session not found.' }) })

/** Every /api/v1/user/sessions/ path. The sessions of an account are its valid credentials, from any of the contracts. */
export const sessions = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/user/sessions/',
      summary: "List the caller's sessions, newest first",
      ...signedIn,
      responses: { 200: success(z.array(Session), 'Every valid credential of the account', [EXAMPLE]) },
    }),
    async (c) => c.json((await listActiveSessions(c.var.context)).map(toWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/user/sessions/',
      summary: 'End all other sessions',
      ...signedIn,
      responses: { 200: success(z.object({ revoked: z.int() }), 'The number of ended sessions', { revoked: 2 }) },
    }),
    async (c) => c.json({ revoked: await revokeOtherSessions(c.var.context) }, 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/user/sessions/{session_id}/',
      summary: 'End one session',
      ...signedIn,
      request: { params: z.object({ session_id: z.string().openapi({ example: EXAMPLE.id }) }) },
      responses: { 204: empty('Session ended'), ...errors.responses('not-found') },
    }),
    async (c) => {
      errors.unwrap(await revokeSession(c.var.context, c.req.valid('param').session_id))
      return c.body(null, 204)
    },
  )
}
