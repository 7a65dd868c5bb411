import { createRoute, z } from '@hono/zod-openapi'
import type { MemberContext } from '../../domain/context.ts'
import { changeSession } from '../../domain/practice/change-session.ts'
import { deleteSession } from '../../domain/practice/delete-session.ts'
import { listSessions } from '../../domain/practice/list-sessions.ts'
import { readSession } from '../../domain/practice/read-session.ts'
import { type PracticeSession, recordSession } from '../../domain/practice/record-session.ts'
import { summarise } from '../../domain/practice/summarise.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { date, integer, pathId, text } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { empty, success } from '../../http/responses.ts'
import { errors } from './errors.ts'

const Session = z
  .object({
    id: z.int(),
    name: z.string(),
    date: z.string().openapi({ format: 'date' }),
    duration: z.int().openapi({ description: 'Minutes.' }),
  })
  .openapi('Session')

const toWire = ({ id, name, date, duration }: PracticeSession): z.infer<typeof Session> => ({ id, name, date, duration })

const EXAMPLE = { id: 1, name: 'Session 1', date: '2024-07-06', duration: 60 }
const UPDATED_EXAMPLE = { id: 1, name: 'Updated Session', date: '2024-07-07', duration: 90 }

const SessionFields = z.object({
  name: text({ max: 100, example: EXAMPLE.name }),
  date: date({ example: EXAMPLE.date }),
  duration: integer({ min: 1, max: 1440, example: EXAMPLE.duration, description: 'Minutes.' }),
})

const Summary = z
  .object({
    count: z.int(),
    total_minutes: z.int(),
    current_streak_days: z
      .int()
      .openapi({ description: 'Consecutive days with a session, up to today; or up to yesterday if today has no session yet.' }),
    longest_streak_days: z.int(),
    by_week: z.array(z.object({ week: z.string(), minutes: z.int() })).openapi({ description: 'Minutes per ISO week, latest week first.' }),
  })
  .openapi('SessionSummary')

const SUMMARY_EXAMPLE = {
  count: 1,
  total_minutes: 60,
  current_streak_days: 1,
  longest_streak_days: 1,
  by_week: [{ week: '2026-W47', minutes: 60 }],
}

const Cursor = z.object({ date: z.iso.date(), id: z.int() })
const params = z.object({ id: pathId() })

const findOwnSession = async (context: MemberContext, pathParams: unknown) =>
  errors.unwrap(await readSession(context, params.parse(pathParams).id))

/** The routes under /session/. */
export const session = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/session/',
      summary: "List the caller's sessions, newest first",
      ...signedIn,
      request: { query: pageQuery(Cursor) },
      responses: { 200: success(z.array(Session), 'The sessions', [EXAMPLE]) },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listSessions(c.var.context, { after: cursor, limit })
      linkNext(c, next)
      return c.json(items.map(toWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/session/',
      summary: 'Record a session',
      ...signedIn,
      request: { body: body(SessionFields) },
      responses: { 201: success(Session, 'The session', EXAMPLE) },
    }),
    async (c) => c.json(toWire(await recordSession(c.var.context, c.req.valid('json'))), 201),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/session/summary/',
      summary: "Get a summary of the caller's sessions",
      ...signedIn,
      responses: { 200: success(Summary, 'The summary', SUMMARY_EXAMPLE) },
    }),
    async (c) => {
      const { count, totalMinutes, currentStreakDays, longestStreakDays, byWeek } = await summarise(c.var.context)
      const streaks = { current_streak_days: currentStreakDays, longest_streak_days: longestStreakDays }
      return c.json({ count, total_minutes: totalMinutes, ...streaks, by_week: [...byWeek] }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/session/{id}/',
      summary: 'Get one session',
      ...signedIn,
      request: { params },
      responses: { 200: success(Session, 'The session', EXAMPLE), ...errors.responses('not-found') },
    }),
    async (c) => c.json(toWire(errors.unwrap(await readSession(c.var.context, c.req.valid('param').id))), 200),
  )

  api.openapi(
    createRoute({
      method: 'put',
      path: '/session/{id}/',
      summary: 'Replace a session',
      ...signedIn,
      request: { params, body: body(SessionFields, { first: findOwnSession }) },
      responses: { 200: success(Session, 'The session', UPDATED_EXAMPLE), ...errors.responses('not-found') },
    }),
    async (c) =>
      c.json(toWire(errors.unwrap(await changeSession(c.var.context, { ...c.req.valid('param'), ...c.req.valid('json') }))), 200),
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/session/{id}/',
      summary: 'Change some fields of a session',
      ...signedIn,
      request: { params, body: body(SessionFields.partial(), { first: findOwnSession }) },
      responses: { 200: success(Session, 'The session', UPDATED_EXAMPLE), ...errors.responses('not-found') },
    }),
    async (c) =>
      c.json(toWire(errors.unwrap(await changeSession(c.var.context, { ...c.req.valid('param'), ...c.req.valid('json') }))), 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/session/{id}/',
      summary: 'Delete a session',
      ...signedIn,
      request: { params },
      responses: { 204: empty('The session is deleted'), ...errors.responses('not-found') },
    }),
    async (c) => {
      errors.unwrap(await deleteSession(c.var.context, c.req.valid('param').id))
      return c.body(null, 204)
    },
  )
}
