import { call, textAt } from '../support/call.ts'
import { subscriber } from '../support/matrimony.ts'
import { type Person, person } from '../support/people.ts'
import { by, once, type Row } from './ask.ts'
import { another, newcomer, somebody, staff } from './cast.ts'

/** What is refused is refused as cheaply as it is done: the reason comes back with the refusal. */

const NOBODY = 'a'.repeat(24)
const nothing = { params: { id: 999999, user_id: 999999, alarm_id: NOBODY } }
const noFriend = { params: { id: NOBODY, user_id: NOBODY, request_id: NOBODY } }
const accept = { ...noFriend, json: { action: 'accept' } }
const noPlan = { params: { plan_id: NOBODY, rsvp_id: NOBODY } }
const changing = { ...noPlan, json: {} }
const coming = { json: { plan_id: NOBODY } }
const empty = { ...nothing, json: {} }
const entry = { ...nothing, json: { name: 'Sit', date: '2026-11-20', duration: 5 } }

const taken: Row[3] = async () => ({ json: { ...newcomer(), username: (await somebody()).username } })
const guessing: Row[3] = async () => ({ json: { username: (await another()).username, password: 'wrong password' } })

const NAMES = { first_name: 'Some', last_name: 'One' }
const choosing = { json: { subscription_plan: 999999 } }
const withoutPlan: Row[3] = () => ({ json: { ...newcomer(), ...NAMES, subscription_plan: 999999 } })
const allWrong: Row[3] = async () => ({ json: { ...newcomer(), username: (await somebody()).username, subscription_plan: 999999 } })

const closed = async () => {
  const { id, token } = await person()
  await call('PATCH', '/users/deactivate/', { as: token })
  return { params: { id } }
}

const guess = ({ username }: Person) => ({ json: { username, old_password: 'wrong password', new_password: 'horse battery 9!' } })
const COUNTED = 'the hash is read, the password is compared with it, and only then is the wrong guess counted'

const ownId = ({ id }: Person) => ({ params: { id } })
const ownRoom = ({ id }: Person) => ({ params: { user_id: id } })
const contact = ({ id }: Person) => ({ params: { id, contact_id: 999999 } })

const message = { json: { receiver_id: 999999, content: 'Hello!' } }
const writer = once(() => subscriber())

/** A refresh token that is dead. */
const spent: Row[3] = async () => {
  const account = newcomer()
  const refresh = textAt(await call('POST', '/api/register/', { json: { ...account, password_confirm: account.password } }), 'refresh')
  await call('POST', '/api/logout/', { json: { refresh } })
  return { json: { refresh } }
}

const wishing = { json: { Caste: ['None'] } }
const wishedAlready = async ({ token }: Person) => {
  await call('POST', '/preference/', { as: token, json: {} })
  return { json: {} }
}

const nonsense: Row[3] = () => ({ json: { refresh: 'x' } })
const noPicture: Row[3] = () => ({ params: { name: 'x.jpg' } })
const deadFeed: Row[3] = () => ({ query: '?token=feed_dead' })

export const REFUSALS: readonly Row[] = [
  ['POST', '/register/', { status: 400, roundTrips: 1, statements: 3, when: 'the name is taken' }, taken],
  ['POST', '/login/', { status: 400, roundTrips: 2, statements: 3, when: 'it is a guess', because: COUNTED }, guessing],
  ['POST', '/api/token/refresh', { status: 401, roundTrips: 1, statements: 1, when: 'it is dead' }, spent],
  ['POST', '/api/token/refresh', { status: 401, roundTrips: 0, statements: 0, when: 'it is none' }, nonsense],
  ['GET', '/session/{id}/', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, nothing)],
  ['PUT', '/session/{id}/', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, entry)],
  ['PUT', '/session/{id}/', { status: 404, roundTrips: 2, statements: 2, when: 'the fields are wrong, too' }, by(somebody, empty)],
  ['DELETE', '/session/{id}/', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, nothing)],
  ['PATCH', '/user/profile/{id}', { status: 404, roundTrips: 2, statements: 2, when: 'it is nobody' }, by(somebody, empty)],
  ['POST', '/users/', { status: 400, roundTrips: 1, statements: 2, when: 'the plan may not be chosen' }, withoutPlan],
  ['POST', '/users/', { status: 400, roundTrips: 1, statements: 2, when: 'all of it is wrong' }, allWrong],
  ['PATCH', '/users/byId/', { status: 400, roundTrips: 2, statements: 4, when: 'the plan may not be chosen' }, by(somebody, choosing)],
  ['PUT', '/users/reset/', { status: 400, roundTrips: 3, statements: 4, when: 'it is a guess', because: COUNTED }, by(person, guess)],
  ['PATCH', '/users/deactivateuser/{id}', { status: 404, roundTrips: 2, statements: 4, when: 'it is nobody' }, by(staff, nothing)],
  ['PATCH', '/users/deactivateuser/{id}', { status: 400, roundTrips: 2, statements: 4, when: 'it is closed' }, by(staff, closed)],
  ['PATCH', '/users/deactivateuser/{id}', { status: 403, roundTrips: 1, statements: 1, when: 'no admin asks' }, by(somebody, nothing)],
  ['GET', '/profile/byid/', { status: 404, roundTrips: 2, statements: 2, when: 'there is none' }, by(somebody)],
  ['POST', '/preference/', { status: 409, roundTrips: 2, statements: 4, when: 'there is one' }, by(person, wishedAlready)],
  ['POST', '/preference/', { status: 400, roundTrips: 2, statements: 4, when: 'a value is in no list' }, by(somebody, wishing)],
  ['GET', '/matching/find-all-matches/', { status: 404, roundTrips: 2, statements: 3, when: 'there is no profile' }, by(somebody)],
  ['POST', '/message/', { status: 403, roundTrips: 2, statements: 4, when: 'there is no plan' }, by(another, message)],
  ['POST', '/message/', { status: 400, roundTrips: 2, statements: 4, when: 'it is nobody' }, by(writer, message)],
  ['POST', '/matching/block/{user_id}/', { status: 404, roundTrips: 2, statements: 5, when: 'it is nobody' }, by(somebody, nothing)],
  [
    'DELETE',
    '/api/v1/user/contacts/{id}/{contact_id}/',
    { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' },
    by(somebody, contact),
  ],
  ['GET', '/api/v1/event/trigger/{id}/', { status: 404, roundTrips: 2, statements: 5, when: 'no scenario is chosen' }, by(somebody, ownId)],
  ['GET', '/api/v1/event/alarms/{id}/', { status: 404, roundTrips: 2, statements: 2, when: 'it is nobody' }, by(staff, nothing)],
  ['POST', '/api/v1/chat/{id}/', { status: 403, roundTrips: 1, statements: 1, when: 'it is somebody else' }, by(somebody, empty)],
  ['GET', '/ws/chat/{user_id}/', { status: 426, roundTrips: 1, statements: 1, when: 'it is no handshake' }, by(somebody, ownRoom)],
  ['GET', '/ws/admin/', { status: 403, roundTrips: 1, statements: 1, when: 'it is no staff' }, by(somebody)],
  ['GET', '/api/plans/{plan_id}', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, noPlan)],
  ['PUT', '/api/plans/{plan_id}/edit', { status: 404, roundTrips: 2, statements: 3, when: 'it is gone' }, by(somebody, changing)],
  ['DELETE', '/api/plans/{plan_id}/delete', { status: 404, roundTrips: 2, statements: 6, when: 'it is gone' }, by(somebody, noPlan)],
  ['GET', '/api/plans/{plan_id}/calendar.ics', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, noPlan)],
  ['POST', '/api/rsvp/add', { status: 404, roundTrips: 2, statements: 4, when: 'there is no plan' }, by(somebody, coming)],
  ['GET', '/api/rsvp/plan/{plan_id}', { status: 404, roundTrips: 2, statements: 3, when: 'there is no plan' }, by(somebody, noPlan)],
  ['DELETE', '/api/rsvp/{rsvp_id}/delete', { status: 404, roundTrips: 2, statements: 3, when: 'it is gone' }, by(somebody, noPlan)],
  ['DELETE', '/api/rsvp/plan/{plan_id}/delete', { status: 404, roundTrips: 2, statements: 2, when: 'it is gone' }, by(somebody, noPlan)],
  ['POST', '/api/friends/request/{user_id}/', { status: 404, roundTrips: 2, statements: 5, when: 'it is nobody' }, by(somebody, noFriend)],
  ['POST', '/api/friends/respond/{request_id}/', { status: 404, roundTrips: 2, statements: 3, when: 'it is gone' }, by(somebody, accept)],
  ['DELETE', '/api/friends/remove/{id}/', { status: 404, roundTrips: 2, statements: 3, when: 'it is gone' }, by(somebody, noFriend)],
  ['GET', '/api/calendar.ics', { status: 401, roundTrips: 1, statements: 1, when: 'the address is dead' }, deadFeed],
  ['POST', '/console/api/rooms/{user_id}/take/', { status: 404, roundTrips: 2, statements: 2, when: 'it is nobody' }, by(staff, nothing)],
  ['GET', '/media/profile_img/{name}', { status: 404, roundTrips: 0, statements: 0, when: 'it is gone' }, noPicture],
]
