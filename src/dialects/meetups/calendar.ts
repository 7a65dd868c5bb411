import * as z from 'zod/mini'
import { readCalendar, readFeedToken, resetFeedToken, resolveFeedToken } from '../../domain/calendars.ts'
import type { Context } from '../../domain/context.ts'
import { UnauthenticatedError } from '../../http/request/credentials.ts'
import { documented } from '../../http/response/documented.ts'
import { CALENDAR_TYPE, type CalendarEvent, calendarText } from '../../http/response/icalendar.ts'
import { ok, okText } from '../../http/response/specs.ts'
import { type Access, ANY_CREDENTIAL, member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { RankedAccount } from '../../model/account.ts'
import type { CancelledPlan, Plan } from '../../model/plan.ts'
import { QUOTAS } from '../../model/quotas.ts'

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

export const CALENDAR_RESPONSE = okText(CALENDAR_TYPE, z.string())

const FeedUrl = documented(z.object({ url: documented(z.string(), { format: 'uri' }) }), { id: 'CalendarFeedUrl' })

const feedUrlOf = (requestUrl: string, token: string): z.infer<typeof FeedUrl> => {
  const url = new URL('/api/calendar.ics', requestUrl)
  url.searchParams.set('token', token)
  return { url: url.href }
}

interface FeedContext extends Context {
  /** Whose calendar is read. */
  readonly reader: RankedAccount
}

/**
 * Calendar programs send no headers, so the feed accepts its own token in the query string. It accepts no other token
 * there, because URLs end up in logs. A request without `token` is authenticated by the usual credentials.
 */
const feedReader: Access<FeedContext> = {
  security: [{ feed: [] }, ...ANY_CREDENTIAL],
  isRateLimited: false,
  rejections: [],
  authorize: async (c, route) => {
    const { context, record } = c.env
    const token = c.req.query('token')
    if (token === undefined) {
      const caller = await member.authorize(c, route)
      return { ...caller, reader: caller.actor.account }
    }
    const reader = await resolveFeedToken(context, token)
    if (typeof reader === 'string') throw new UnauthenticatedError(reader)
    record.accountId = reader.id
    return { ...context, reader }
  },
}

const readFeedUrl = route({
  method: 'GET',
  path: '/api/calendar/',
  operationId: 'getCalendarUrl',
  summary: "Get the URL of the caller's calendar feed; it stays the same until it is reset",
  access: member,
  quota: QUOTAS.calendarFeeds,
  changesState: true,
  responses: { 200: ok(FeedUrl) },
  handle: async ({ context, request }) => ({ status: 200, body: feedUrlOf(request.url, await readFeedToken(context)) }),
})

const resetFeedUrl = route({
  method: 'POST',
  path: '/api/calendar/reset/',
  operationId: 'resetCalendarUrl',
  summary: 'Replace the URL of the calendar feed; the old URL stops working',
  access: member,
  quota: QUOTAS.calendarFeeds,
  responses: { 200: ok(FeedUrl) },
  handle: async ({ context, request }) => ({ status: 200, body: feedUrlOf(request.url, await resetFeedToken(context)) }),
})

const readFeed = route({
  method: 'GET',
  path: '/api/calendar.ics',
  operationId: 'getCalendarFeed',
  summary: 'Read the calendar feed: plans that its owner created or has an RSVP for',
  access: feedReader,
  responses: { 200: CALENDAR_RESPONSE },
  handle: async ({ context }) => {
    const { plans, cancelled } = await readCalendar(context, context.reader)
    const text = calendarText([...plans.map(eventOf), ...cancelled.map(cancellationOf)])
    return { status: 200, body: text }
  },
})

/** Every /api/calendar* route of this contract. */
export const calendarRoutes = [readFeedUrl, resetFeedUrl, readFeed]
