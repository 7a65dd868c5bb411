import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import { changeSession, deleteSession, listSessions, readSession, recordSession, summarise } from '../../domain/practice.ts'
import { date, integer, pathId, text } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { PRACTICE_MINUTES, type PracticeSession } from '../../model/practice.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { errors } from './errors.ts'

const Session = documented(
  z.object({
    id: z.int(),
    name: z.string(),
    date: documented(z.string(), { format: 'date' }),
    duration: z.int(),
  }),
  { id: 'Session' },
)

const toWire = ({ id, name, date, duration }: PracticeSession): z.infer<typeof Session> => ({ id, name, date, duration })

const SessionFields = z.object({
  name: text({ max: 100 }),
  date: date(),
  duration: integer({ ...PRACTICE_MINUTES }),
})

const Summary = documented(
  z.object({
    count: z.int(),
    total_minutes: z.int(),
    current_streak_days: z.int(),
    longest_streak_days: z.int(),
    by_week: z.array(z.object({ week: z.string(), minutes: z.int() })),
  }),
  { id: 'SessionSummary' },
)

const Cursor = z.object({ date: date(), id: z.int() })
const params = z.object({ id: pathId() })

const findOwnSession = async (context: MemberContext, pathParams: Readonly<Record<string, string>>) =>
  errors.unwrap(await readSession(context, params.parse(pathParams).id))

const listSessionsRoute = route({
  method: 'GET',
  path: '/session/',
  operationId: 'listSessions',
  summary: "List the caller's sessions, newest first",
  access: member,
  query: pageQuery(Cursor),
  responses: { 200: ok(z.array(Session)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listSessions(context, { after: cursor, limit })
    return { status: 200, body: items.map(toWire), headers: nextLink(request.url, next) }
  },
})

const recordSessionRoute = route({
  method: 'POST',
  path: '/session/',
  operationId: 'recordSession',
  summary: 'Record a session',
  access: member,
  quota: QUOTAS.practiceSessions,
  body: SessionFields,
  responses: { 201: ok(Session) },
  handle: async ({ context, body }) => ({ status: 201, body: toWire(await recordSession(context, body)) }),
})

const getSummary = route({
  method: 'GET',
  path: '/session/summary/',
  operationId: 'getSessionSummary',
  summary: "Get a summary of the caller's sessions",
  access: member,
  responses: { 200: ok(Summary) },
  handle: async ({ context }) => {
    const { count, totalMinutes, currentStreakDays, longestStreakDays, byWeek } = await summarise(context)
    const streaks = { current_streak_days: currentStreakDays, longest_streak_days: longestStreakDays }
    return { status: 200, body: { count, total_minutes: totalMinutes, ...streaks, by_week: [...byWeek] } }
  },
})

const readSessionRoute = route({
  method: 'GET',
  path: '/session/{id}/',
  operationId: 'getSession',
  summary: 'Get one session',
  access: member,
  params,
  responses: { 200: ok(Session), ...errors.responses('not-found') },
  handle: async ({ context, params }) => ({ status: 200, body: toWire(errors.unwrap(await readSession(context, params.id))) }),
})

const replaceSession = route({
  method: 'PUT',
  path: '/session/{id}/',
  operationId: 'replaceSession',
  summary: 'Replace a session',
  access: member,
  body: SessionFields,
  bodyOptions: { checkRecord: findOwnSession },
  params,
  responses: { 200: ok(Session), ...errors.responses('not-found') },
  handle: async ({ context, body, params }) => ({
    status: 200,
    body: toWire(errors.unwrap(await changeSession(context, { ...params, ...body }))),
  }),
})

const changeSessionRoute = route({
  method: 'PATCH',
  path: '/session/{id}/',
  operationId: 'changeSession',
  summary: 'Change some fields of a session',
  access: member,
  body: z.partial(SessionFields),
  bodyOptions: { checkRecord: findOwnSession },
  params,
  responses: { 200: ok(Session), ...errors.responses('not-found') },
  handle: async ({ context, body, params }) => ({
    status: 200,
    body: toWire(errors.unwrap(await changeSession(context, { ...params, ...body }))),
  }),
})

const deleteSessionRoute = route({
  method: 'DELETE',
  path: '/session/{id}/',
  operationId: 'deleteSession',
  summary: 'Delete a session',
  access: member,
  params,
  responses: { 204: noContent, ...errors.responses('not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await deleteSession(context, params.id))
    return { status: 204, body: null }
  },
})

/** The routes under /session/. */
export const sessionRoutes = [
  listSessionsRoute,
  recordSessionRoute,
  getSummary,
  readSessionRoute,
  replaceSession,
  changeSessionRoute,
  deleteSessionRoute,
]
