import { call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { by, type Row } from './ask.ts'
import { another, HASHED, knocking, newcomer, somebody } from './cast.ts'

const registering: Row[3] = () => {
  const account = newcomer()
  return { json: { ...account, password_confirm: account.password } }
}

/** A refresh token that is good until it is spent. */
const refreshing: Row[3] = async () => {
  const json = { username: (await somebody()).username, password: PASSWORD }
  return { json: { refresh: textAt(await call('POST', '/api/token/', { json }), 'refresh') } }
}

const BIO = { bio: 'In for anything.' }

const SEARCH = { query: '?search=person' }
const THIS_MONTH = { query: '?friends=1&from=2035-09-01&to=2035-10-01' }

const LOCATION = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const PLAN = { title: 'Game Night', location: LOCATION, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' }

const planOf = async ({ token }: Person) => textAt(await call('POST', '/api/plans/add', { as: token, json: PLAN }), 'id')
const ownPlan = async (me: Person) => ({ params: { plan_id: await planOf(me) } })
const changed = async (me: Person) => ({ ...(await ownPlan(me)), json: PLAN })
const othersPlan = async () => ({ params: { plan_id: await planOf(await another()) } })

const coming = async () => ({ json: (await othersPlan()).params })

/** Somebody else's plan, to which the caller comes. */
const answered = async ({ token }: Person) => {
  const plan_id = await planOf(await another())
  return { params: { plan_id, rsvp_id: textAt(await call('POST', '/api/rsvp/add', { as: token, json: { plan_id } }), 'id') } }
}

const other = async () => ({ params: { user_id: (await another()).objectId } })
const stranger = async () => ({ params: { user_id: (await person()).objectId } })

/** A request to the caller, which waits for an answer. */
const asked = async ({ objectId }: Person) => {
  const { token } = await person()
  const made = await call('POST', `/api/friends/request/${objectId}/`, { as: token })
  return { params: { request_id: textAt(made, 'id'), id: textAt(made, 'id') } }
}

const accepting = async (me: Person) => ({ ...(await asked(me)), json: { action: 'accept' } })

const befriended = async (me: Person) => {
  const { params, json } = await accepting(me)
  await call('POST', `/api/friends/respond/${params.request_id}/`, { as: me.token, json })
  return { params }
}

/** The address of the caller's feed, which stands for its owner. */
const feed: Row[3] = async () => {
  const { token } = await somebody()
  return { query: new URL(textAt(await call('GET', '/api/calendar/', { as: token }), 'url')).search }
}

export const MEETUPS: readonly Row[] = [
  ['POST', '/api/token/', { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['POST', '/api/token/refresh', { status: 200, roundTrips: 1, statements: 1 }, refreshing],
  ['POST', '/api/token/blacklist/', { status: 200, roundTrips: 1, statements: 1 }, refreshing],
  ['POST', '/api/logout/', { status: 200, roundTrips: 1, statements: 1 }, refreshing],
  ['POST', '/api/register/', { status: 201, roundTrips: 1, statements: 4 }, registering],
  ['GET', '/api/profile/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['PUT', '/api/profile/update/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, { json: BIO })],
  ['PATCH', '/api/profile/update/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, { json: BIO })],
  ['GET', '/api/users/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/api/users/', { status: 200, roundTrips: 2, statements: 2, when: 'a name is sought' }, by(somebody, SEARCH)],
  ['GET', '/api/users/{user_id}/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, other)],
  ['GET', '/api/plans', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/api/plans', { status: 200, roundTrips: 2, statements: 2, when: 'friends make them, this month' }, by(somebody, THIS_MONTH)],
  ['POST', '/api/plans/add', { status: 201, roundTrips: 2, statements: 2 }, by(somebody, { json: PLAN })],
  ['GET', '/api/plans/{plan_id}', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, othersPlan)],
  ['PUT', '/api/plans/{plan_id}/edit', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, changed)],
  ['PATCH', '/api/plans/{plan_id}/edit', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, changed)],
  ['DELETE', '/api/plans/{plan_id}/delete', { status: 200, roundTrips: 2, statements: 6 }, by(somebody, ownPlan)],
  ['GET', '/api/plans/{plan_id}/calendar.ics', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, othersPlan)],
  ['POST', '/api/friends/request/{user_id}/', { status: 201, roundTrips: 2, statements: 5 }, by(somebody, stranger)],
  ['POST', '/api/friends/respond/{request_id}/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, accepting)],
  ['GET', '/api/friends/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/api/friends/list/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['DELETE', '/api/friends/remove/{id}/', { status: 204, roundTrips: 2, statements: 3 }, by(somebody, befriended)],
  ['POST', '/api/rsvp/add', { status: 201, roundTrips: 2, statements: 4 }, by(somebody, coming)],
  ['GET', '/api/rsvp/plan/{plan_id}', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, answered)],
  ['GET', '/api/rsvp/user', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['DELETE', '/api/rsvp/{rsvp_id}/delete', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, answered)],
  ['DELETE', '/api/rsvp/plan/{plan_id}/delete', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, answered)],
  ['GET', '/api/calendar/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody)],
  ['POST', '/api/calendar/reset/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/api/calendar.ics', { status: 200, roundTrips: 2, statements: 3 }, by(somebody)],
  ['GET', '/api/calendar.ics', { status: 200, roundTrips: 2, statements: 3, when: 'a calendar program asks' }, feed],
]
