import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { openFeed, readFeedToken, resetFeedToken } from '../../domain/calendars/feed-token.ts'
import { type CancelledPlan, readCalendar } from '../../domain/calendars/read-calendar.ts'
import type { Account } from '../../domain/context.ts'
import type { Plan } from '../../domain/plans/add-plan.ts'
import type { Api } from '../../http/api.ts'
import type { AppEnv } from '../../http/app-env.ts'
import { identify, signedIn, Unauthenticated } from '../../http/credentials.ts'
import { CALENDAR_TYPE, type CalendarEvent, calendarText } from '../../http/icalendar.ts'
import { success } from '../../http/responses.ts'

/** The same wherever a plan is shown, so that a calendar knows it again. */
const uidOf = (id: string): string => `${id}@meetups.concord`

/** A plan that does not say when it starts stands where it ends. */
const timesOf = ({ startTime, endTime }: Pick<Plan, 'startTime' | 'endTime'>) =>
  startTime === null ? { start: endTime, end: null } : { start: startTime, end: endTime }

export const eventOf = (plan: Plan): CalendarEvent => {
  const { name, address1, address2, city, state, zipcode } = plan.location
  return {
    uid: uidOf(plan.id),
    sequence: plan.sequence,
    status: 'CONFIRMED',
    changedAt: plan.updatedAt,
    createdAt: plan.createdAt,
    ...timesOf(plan),
    summary: plan.title,
    description: plan.description,
    location: [name, address1, address2, city, `${state} ${zipcode}`].filter(Boolean).join(', '),
  }
}

const cancellationOf = (plan: CancelledPlan): CalendarEvent => ({
  uid: uidOf(plan.id),
  sequence: plan.sequence,
  status: 'CANCELLED',
  changedAt: plan.cancelledAt,
  createdAt: plan.createdAt,
  ...timesOf(plan),
  summary: plan.title,
})

const EXAMPLE_EVENT: CalendarEvent = {
  uid: uidOf('68dabba350510db53d9af43d'),
  sequence: 0,
  status: 'CONFIRMED',
  changedAt: Date.UTC(2025, 8, 1, 9),
  createdAt: Date.UTC(2025, 8, 1, 9),
  start: Date.UTC(2025, 8, 28, 12),
  end: Date.UTC(2025, 8, 28, 15),
  summary: 'Game Night',
}

export const CALENDAR_ANSWER = {
  description: 'A calendar, as RFC 5545 writes it',
  content: { 'text/calendar': { schema: z.string(), example: calendarText([EXAMPLE_EVENT]) } },
}

const Address = z.object({ url: z.string().openapi({ format: 'uri' }) }).openapi('CalendarAddress')
const EXAMPLE = { url: 'https://concord.example/api/calendar.ics?token=feed_5d41402abc4b2a76b9719d911017c592' }

const addressOf = (requestUrl: string, token: string): z.infer<typeof Address> => {
  const url = new URL('/api/calendar.ics', requestUrl)
  url.searchParams.set('token', token)
  return { url: url.href }
}

/**
 * Calendar programs send no headers, so the feed takes its own token out of the address, and nothing else: addresses end
 * up in logs. Where no token stands there, the usual credentials will do.
 */
const asReader: MiddlewareHandler<AppEnv & { Variables: { reader: Account } }> = async (c, next) => {
  const { context, record } = c.env
  const token = c.req.query('token')
  const found = token === undefined ? await identify(c.req.raw, context) : await openFeed(context, token)
  if (typeof found === 'string') throw new Unauthenticated(found)
  const reader = 'account' in found ? found.account : found
  record.accountId = reader.id
  c.set('reader', reader)
  await next()
}

/** Every /api/calendar* path of this contract. */
export const calendar = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/calendar/',
      summary: "The address of the caller's calendar feed, the same every time",
      ...signedIn,
      responses: { 200: success(Address, 'The address', EXAMPLE) },
    }),
    async (c) => c.json(addressOf(c.req.url, await readFeedToken(c.var.context)), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/calendar/reset/',
      summary: 'A new address for the feed; the old one is dead',
      ...signedIn,
      responses: { 200: success(Address, 'The new address', EXAMPLE) },
    }),
    async (c) => c.json(addressOf(c.req.url, await resetFeedToken(c.var.context)), 200),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/calendar.ics',
      summary: 'The feed: plans that its owner made or answered',
      security: [{ feed: [] }, ...signedIn.security],
      middleware: asReader,
      responses: { 200: CALENDAR_ANSWER },
    }),
    async (c) => {
      const { plans, cancelled } = await readCalendar(c.env.context, c.var.reader)
      const text = calendarText([...plans.map(eventOf), ...cancelled.map(cancellationOf)])
      return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE })
    },
  )
}
