import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { readFeedToken, resetFeedToken, resolveFeedToken } from '../../domain/calendars/feed-token.ts'
import { type CancelledPlan, readCalendar } from '../../domain/calendars/read-calendar.ts'
import type { Account } from '../../domain/context.ts'
import type { Plan } from '../../domain/plans/add-plan.ts'
import type { Api } from '../../http/api.ts'
import type { AppEnv } from '../../http/app-env.ts'
import { identify, signedIn, Unauthenticated } from '../../http/credentials.ts'
import { CALENDAR_TYPE, type CalendarEvent, calendarText } from '../../http/icalendar.ts'
import { success } from '../../http/responses.ts'

/** The same in every file and feed, so that a calendar program recognises the event and updates it. */
const uidOf = (id: string): string => `${id}@meetups.concord`

/** A plan without a start time becomes an event at its end time. */
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

export const CALENDAR_RESPONSE = {
  description: 'A calendar in iCalendar format (RFC 5545)',
  content: { 'text/calendar': { schema: z.string(), example: calendarText([EXAMPLE_EVENT]) } },
}

const FeedUrl = z.object({ url: z.string().openapi({ format: 'uri' }) }).openapi('CalendarFeedUrl')
const EXAMPLE = { url: 'https://concord.example/api/calendar.ics?token=feed_5d41402abc4b2a76b9719d911017c592' }

const feedUrlOf = (requestUrl: string, token: string): z.infer<typeof FeedUrl> => {
  const url = new URL('/api/calendar.ics', requestUrl)
  url.searchParams.set('token', token)
  return { url: url.href }
}

/**
 * Calendar programs send no headers, so the feed accepts its own token in the query string. It accepts no other token
 * there, because URLs end up in logs. A request without `token` is authenticated by the usual credentials.
 */
const authenticateReader: MiddlewareHandler<AppEnv & { Variables: { reader: Account } }> = async (c, next) => {
  const { context, record } = c.env
  const token = c.req.query('token')
  const result = token === undefined ? await identify(c.req.raw, context) : await resolveFeedToken(context, token)
  if (typeof result === 'string') throw new Unauthenticated(result)
  const reader = 'account' in result ? result.account : result
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
      summary: "Get the URL of the caller's calendar feed; it stays the same until it is reset",
      ...signedIn,
      responses: { 200: success(FeedUrl, 'The URL', EXAMPLE) },
    }),
    async (c) => c.json(feedUrlOf(c.req.url, await readFeedToken(c.var.context)), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/calendar/reset/',
      summary: 'Replace the URL of the calendar feed; the old URL stops working',
      ...signedIn,
      responses: { 200: success(FeedUrl, 'The new URL', EXAMPLE) },
    }),
    async (c) => c.json(feedUrlOf(c.req.url, await resetFeedToken(c.var.context)), 200),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/calendar.ics',
      summary: 'Read the calendar feed: plans that its owner created or has an RSVP for',
      security: [{ feed: [] }, ...signedIn.security],
      middleware: authenticateReader,
      responses: { 200: CALENDAR_RESPONSE },
    }),
    async (c) => {
      const { plans, cancelled } = await readCalendar(c.env.context, c.var.reader)
      const text = calendarText([...plans.map(eventOf), ...cancelled.map(cancellationOf)])
      return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE })
    },
  )
}
