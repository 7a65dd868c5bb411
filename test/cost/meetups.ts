import { call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { LOGIN_REASON, loggingIn, member, newcomer, otherMember } from './callers.ts'
import { by, type Row } from './measure.ts'

const newRegistration: Row[3] = () => {
  const account = newcomer()
  return { json: { ...account, password_confirm: account.password } }
}

/** A refresh token that has not been used yet. */
const refreshToken: Row[3] = async () => {
  const json = { username: (await member()).username, password: PASSWORD }
  return { json: { refresh: textAt(await call('POST', '/api/token/', { json }), 'refresh') } }
}

const BIO = { bio: 'In for anything.' }

const SEARCH = { query: '?search=person' }
const THIS_MONTH = { query: '?friends=1&from=2035-09-01&to=2035-10-01' }

const LOCATION = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const PLAN = { title: 'Game Night', location: LOCATION, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' }

const planOf = async ({ token }: Person) => textAt(await call('POST', '/api/plans/add', { as: token, json: PLAN }), 'id')
const ownPlan = async (me: Person) => ({ params: { plan_id: await planOf(me) } })
const planChange = async (me: Person) => ({ ...(await ownPlan(me)), json: PLAN })
const othersPlan = async () => ({ params: { plan_id: await planOf(await otherMember()) } })

/** Another member's plan, which the caller has dismissed. */
const dismissed = async ({ token }: Person) => {
  const { params } = await othersPlan()
  await call('POST', `/api/plans/${params.plan_id}/dismiss`, { as: token })
  return { params }
}

const newRsvp = async () => ({ json: (await othersPlan()).params })

/** Another member's plan, with an RSVP of the caller. */
const withRsvp = async ({ token }: Person) => {
  const plan_id = await planOf(await otherMember())
  return { params: { plan_id, rsvp_id: textAt(await call('POST', '/api/rsvp/add', { as: token, json: { plan_id } }), 'id') } }
}

const other = async () => ({ params: { user_id: (await otherMember()).objectId } })
const newUser = async () => ({ params: { user_id: (await person()).objectId } })

/** A pending friend request to the caller. */
const pendingRequest = async ({ objectId }: Person) => {
  const { token } = await person()
  const created = await call('POST', `/api/friends/request/${objectId}/`, { as: token })
  return { params: { request_id: textAt(created, 'id'), id: textAt(created, 'id') } }
}

const accepting = async (me: Person) => ({ ...(await pendingRequest(me)), json: { action: 'accept' } })

const friend = async (me: Person) => {
  const { params, json } = await accepting(me)
  await call('POST', `/api/friends/respond/${params.request_id}/`, { as: me.token, json })
  return { params }
}

/** The URL of the caller's feed. Its token authenticates the owner. */
const feed: Row[3] = async () => {
  const { token } = await member()
  return { query: new URL(textAt(await call('GET', '/api/calendar/', { as: token }), 'url')).search }
}

const FEED_REASON = 'the owner of the feed is found first'

export const MEETUPS: readonly Row[] = [
  ['POST', '/api/token/', { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['POST', '/api/token/refresh', { status: 200, roundTrips: 1, statements: 1 }, refreshToken],
  ['POST', '/api/token/blacklist/', { status: 200, roundTrips: 1, statements: 1 }, refreshToken],
  ['POST', '/api/logout/', { status: 200, roundTrips: 1, statements: 1 }, refreshToken],
  ['POST', '/api/register/', { status: 201, roundTrips: 1, statements: 5 }, newRegistration],
  ['GET', '/api/profile/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['PUT', '/api/profile/update/', { status: 200, roundTrips: 1, statements: 4 }, by(member, { json: BIO })],
  ['PATCH', '/api/profile/update/', { status: 200, roundTrips: 1, statements: 4 }, by(member, { json: BIO })],
  ['GET', '/api/users/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/api/users/', { status: 200, roundTrips: 1, statements: 2, when: 'with a search' }, by(member, SEARCH)],
  ['GET', '/api/users/{user_id}/', { status: 200, roundTrips: 1, statements: 2 }, by(member, other)],
  ['GET', '/api/plans', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/api/plans', { status: 200, roundTrips: 1, statements: 2, when: 'only plans of friends, by month' }, by(member, THIS_MONTH)],
  ['POST', '/api/plans/add', { status: 201, roundTrips: 1, statements: 3 }, by(member, { json: PLAN })],
  ['GET', '/api/plans/{plan_id}', { status: 200, roundTrips: 1, statements: 2 }, by(member, othersPlan)],
  ['PUT', '/api/plans/{plan_id}/edit', { status: 200, roundTrips: 1, statements: 3 }, by(member, planChange)],
  ['PATCH', '/api/plans/{plan_id}/edit', { status: 200, roundTrips: 1, statements: 3 }, by(member, planChange)],
  ['DELETE', '/api/plans/{plan_id}/delete', { status: 200, roundTrips: 1, statements: 6 }, by(member, ownPlan)],
  ['GET', '/api/plans', { status: 200, roundTrips: 1, statements: 2, when: 'only own plans' }, by(member, { query: '?friends=false' })],
  ['GET', '/api/plans/dismissed', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['POST', '/api/plans/{plan_id}/dismiss', { status: 204, roundTrips: 1, statements: 4 }, by(member, othersPlan)],
  ['POST', '/api/plans/{plan_id}/undismiss', { status: 204, roundTrips: 1, statements: 3 }, by(member, dismissed)],
  ['DELETE', '/api/plans/{plan_id}/undismiss', { status: 204, roundTrips: 1, statements: 3 }, by(member, dismissed)],
  ['GET', '/api/plans/{plan_id}/calendar.ics', { status: 200, roundTrips: 1, statements: 2 }, by(member, othersPlan)],
  ['POST', '/api/friends/request/{user_id}/', { status: 201, roundTrips: 1, statements: 6 }, by(member, newUser)],
  ['POST', '/api/friends/respond/{request_id}/', { status: 200, roundTrips: 1, statements: 3 }, by(member, accepting)],
  ['GET', '/api/friends/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/api/friends/list/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['DELETE', '/api/friends/remove/{id}/', { status: 204, roundTrips: 1, statements: 3 }, by(member, friend)],
  ['POST', '/api/rsvp/add', { status: 201, roundTrips: 1, statements: 5 }, by(member, newRsvp)],
  ['GET', '/api/rsvp/plan/{plan_id}', { status: 200, roundTrips: 1, statements: 3 }, by(member, withRsvp)],
  ['GET', '/api/rsvp/user', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['DELETE', '/api/rsvp/{rsvp_id}/delete', { status: 200, roundTrips: 1, statements: 3 }, by(member, withRsvp)],
  ['DELETE', '/api/rsvp/plan/{plan_id}/delete', { status: 200, roundTrips: 1, statements: 2 }, by(member, withRsvp)],
  ['GET', '/api/calendar/', { status: 200, roundTrips: 1, statements: 4 }, by(member)],
  ['POST', '/api/calendar/reset/', { status: 200, roundTrips: 1, statements: 3 }, by(member)],
  ['GET', '/api/calendar.ics', { status: 200, roundTrips: 1, statements: 3 }, by(member)],
  ['GET', '/api/calendar.ics', { status: 200, roundTrips: 2, statements: 3, when: 'with a feed token', reason: FEED_REASON }, feed],
]
