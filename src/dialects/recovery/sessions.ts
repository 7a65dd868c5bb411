import * as z from 'zod/mini'
import { type ActiveSession, listActiveSessions } from '../../domain/sessions/list-active.ts'
import { revokeOtherSessions, revokeSession } from '../../domain/sessions/log-out.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { isoTime } from '../../model/time.ts'
import { errors as commonErrors } from './errors.ts'

const Session = documented(
  z.object({
    id: z.string(),
    kind: z.enum(['token', 'session', 'pair']),
    created_at: z.string(),
    last_seen: documented(z.string(), { format: 'date' }),
    user_agent: z.string(),
    current: z.boolean(),
  }),
  { id: 'LiveSession' },
)

const toWire = ({ id, kind, createdAt, lastSeenDay, userAgent, current }: ActiveSession): z.infer<typeof Session> => ({
  id,
  kind,
  created_at: isoTime(createdAt),
  last_seen: lastSeenDay,
  user_agent: userAgent,
  current,
})

const errors = errorTable({ ...commonErrors.table, 'not-found': () => errorResponse(404, { error: 'Session not found.' }) })

const listSessions = route({
  method: 'GET',
  path: '/api/v1/user/sessions/',
  operationId: 'listSessions',
  summary: "List the caller's sessions, newest first",
  access: member,
  responses: { 200: ok(z.array(Session)) },
  handle: async ({ context }) => ({ status: 200, body: (await listActiveSessions(context)).map(toWire) }),
})

const endOtherSessions = route({
  method: 'DELETE',
  path: '/api/v1/user/sessions/',
  operationId: 'endOtherSessions',
  summary: 'End all other sessions',
  access: member,
  responses: { 200: ok(z.object({ revoked: z.int() })) },
  handle: async ({ context }) => ({ status: 200, body: { revoked: await revokeOtherSessions(context) } }),
})

const endSession = route({
  method: 'DELETE',
  path: '/api/v1/user/sessions/{session_id}/',
  operationId: 'endSession',
  summary: 'End one session',
  access: member,
  params: z.object({ session_id: z.string() }),
  responses: { 204: noContent, ...errors.responses('not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await revokeSession(context, params.session_id))
    return { status: 204, body: null }
  },
})

/** Every /api/v1/user/sessions/ path. The sessions of an account are its valid credentials, from any of the contracts. */
export const sessionRoutes = [listSessions, endOtherSessions, endSession]
