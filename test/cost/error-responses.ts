import { call, textAt } from '../support/call.ts'
import { subscriber } from '../support/matrimony.ts'
import { type Person, person } from '../support/people.ts'
import { member, newcomer, otherMember, staff } from './callers.ts'
import { by, once, type Row } from './measure.ts'

/** A failed request costs as little as a successful one: the same round trip returns the reason. */

const UNKNOWN_ID = 'a'.repeat(24)
const unknownIds = { params: { id: 999999, user_id: 999999, alarm_id: UNKNOWN_ID } }
const unknownFriend = { params: { id: UNKNOWN_ID, user_id: UNKNOWN_ID, request_id: UNKNOWN_ID } }
const accept = { ...unknownFriend, json: { action: 'accept' } }
const unknownPlan = { params: { plan_id: UNKNOWN_ID, rsvp_id: UNKNOWN_ID } }
const planChange = { ...unknownPlan, json: {} }
const newRsvp = { json: { plan_id: UNKNOWN_ID } }
const emptyBody = { ...unknownIds, json: {} }
const practiceSession = { ...unknownIds, json: { name: 'Breathing', date: '2026-11-20', duration: 5 } }

const takenUsername: Row[3] = async () => ({ json: { ...newcomer(), username: (await member()).username } })
const wrongPassword: Row[3] = async () => ({ json: { username: (await otherMember()).username, password: 'wrong password' } })

const NAMES = { first_name: 'Some', last_name: 'One' }
const unknownSubscriptionPlan = { json: { subscription_plan: 999999 } }
const registrationWithUnknownPlan: Row[3] = () => ({ json: { ...newcomer(), ...NAMES, subscription_plan: 999999 } })
const registrationWithAllErrors: Row[3] = async () => ({
  json: { ...newcomer(), username: (await member()).username, subscription_plan: 999999 },
})

const inactiveAccount = async () => {
  const { id, token } = await person()
  await call('PATCH', '/users/deactivate/', { as: token })
  return { params: { id } }
}

const wrongOldPassword = ({ username }: Person) => ({
  json: { username, old_password: 'wrong password', new_password: 'horse battery 9!' },
})
const FAILURE_REASON = 'the hash is read first; the failure is counted after the password has been verified'

const ownId = ({ id }: Person) => ({ params: { id } })
const ownRoom = ({ id }: Person) => ({ params: { user_id: id } })
const contact = ({ id }: Person) => ({ params: { id, contact_id: 999999 } })

const message = { json: { receiver_id: 999999, content: 'Hello!' } }
const sender = once(() => subscriber())

/** A refresh token that has been revoked. */
const revokedRefreshToken: Row[3] = async () => {
  const account = newcomer()
  const refresh = textAt(await call('POST', '/api/register/', { json: { ...account, password_confirm: account.password } }), 'refresh')
  await call('POST', '/api/logout/', { json: { refresh } })
  return { json: { refresh } }
}

const unknownValue = { json: { Caste: ['None'] } }
const withPreference = async ({ token }: Person) => {
  await call('POST', '/preference/', { as: token, json: {} })
  return { json: {} }
}

const invalidRefreshToken: Row[3] = () => ({ json: { refresh: 'x' } })
const unknownPicture: Row[3] = () => ({ params: { name: 'x.jpg' } })
const unknownFeedToken: Row[3] = () => ({ query: '?token=feed_dead' })

export const ERROR_RESPONSES: readonly Row[] = [
  ['POST', '/register/', { status: 400, roundTrips: 1, statements: 4, when: 'the username is taken' }, takenUsername],
  ['POST', '/login/', { status: 400, roundTrips: 2, statements: 7, when: 'the password is wrong', reason: FAILURE_REASON }, wrongPassword],
  ['POST', '/api/token/refresh', { status: 401, roundTrips: 1, statements: 1, when: 'the token has been revoked' }, revokedRefreshToken],
  ['POST', '/api/token/refresh', { status: 401, roundTrips: 0, statements: 0, when: 'the token is invalid' }, invalidRefreshToken],
  ['GET', '/session/{id}/', { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' }, by(member, unknownIds)],
  ['PUT', '/session/{id}/', { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' }, by(member, practiceSession)],
  [
    'PUT',
    '/session/{id}/',
    { status: 404, roundTrips: 1, statements: 2, when: 'the session does not exist and the fields are missing' },
    by(member, emptyBody),
  ],
  ['DELETE', '/session/{id}/', { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' }, by(member, unknownIds)],
  ['PATCH', '/user/profile/{id}', { status: 404, roundTrips: 1, statements: 2, when: 'the account does not exist' }, by(member, emptyBody)],
  ['POST', '/users/', { status: 400, roundTrips: 1, statements: 2, when: 'the plan does not exist' }, registrationWithUnknownPlan],
  ['POST', '/users/', { status: 400, roundTrips: 1, statements: 2, when: 'all fields are invalid' }, registrationWithAllErrors],
  [
    'PATCH',
    '/users/byId/',
    { status: 400, roundTrips: 1, statements: 8, when: 'the plan does not exist' },
    by(member, unknownSubscriptionPlan),
  ],
  [
    'PUT',
    '/users/reset/',
    { status: 400, roundTrips: 3, statements: 7, when: 'the password is wrong', reason: FAILURE_REASON },
    by(person, wrongOldPassword),
  ],
  [
    'PATCH',
    '/users/deactivateuser/{id}',
    { status: 404, roundTrips: 1, statements: 5, when: 'the account does not exist' },
    by(staff, unknownIds),
  ],
  [
    'PATCH',
    '/users/deactivateuser/{id}',
    { status: 400, roundTrips: 1, statements: 5, when: 'the account is inactive' },
    by(staff, inactiveAccount),
  ],
  [
    'PATCH',
    '/users/deactivateuser/{id}',
    { status: 403, roundTrips: 1, statements: 1, when: 'the caller is no admin' },
    by(member, unknownIds),
  ],
  ['GET', '/profile/byid/', { status: 404, roundTrips: 1, statements: 2, when: 'there is no profile' }, by(member)],
  ['POST', '/preference/', { status: 409, roundTrips: 1, statements: 5, when: 'there is one already' }, by(person, withPreference)],
  ['POST', '/preference/', { status: 400, roundTrips: 1, statements: 5, when: 'a value does not exist' }, by(member, unknownValue)],
  ['GET', '/matching/find-all-matches/', { status: 404, roundTrips: 1, statements: 3, when: 'the caller has no profile' }, by(member)],
  ['POST', '/message/', { status: 403, roundTrips: 1, statements: 5, when: 'the sender has no plan' }, by(otherMember, message)],
  ['POST', '/message/', { status: 400, roundTrips: 1, statements: 5, when: 'the account does not exist' }, by(sender, message)],
  [
    'POST',
    '/matching/block/{user_id}/',
    { status: 404, roundTrips: 1, statements: 9, when: 'the account does not exist' },
    by(member, unknownIds),
  ],
  [
    'DELETE',
    '/api/v1/user/contacts/{id}/{contact_id}/',
    { status: 404, roundTrips: 1, statements: 3, when: 'it does not exist' },
    by(member, contact),
  ],
  ['GET', '/api/v1/event/trigger/{id}/', { status: 404, roundTrips: 1, statements: 5, when: 'no scenario is chosen' }, by(member, ownId)],
  [
    'GET',
    '/api/v1/event/alarms/{id}/',
    { status: 404, roundTrips: 1, statements: 3, when: 'the account does not exist' },
    by(staff, unknownIds),
  ],
  [
    'POST',
    '/api/v1/chat/{id}/',
    { status: 403, roundTrips: 1, statements: 2, when: 'the chat belongs to another account' },
    by(member, emptyBody),
  ],
  ['GET', '/ws/chat/{user_id}/', { status: 426, roundTrips: 1, statements: 1, when: 'it is no WebSocket handshake' }, by(member, ownRoom)],
  ['GET', '/ws/admin/', { status: 403, roundTrips: 1, statements: 1, when: 'the caller is not staff' }, by(member)],
  ['GET', '/api/plans/{plan_id}', { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' }, by(member, unknownPlan)],
  ['PUT', '/api/plans/{plan_id}/edit', { status: 404, roundTrips: 1, statements: 3, when: 'it does not exist' }, by(member, planChange)],
  [
    'DELETE',
    '/api/plans/{plan_id}/delete',
    { status: 404, roundTrips: 1, statements: 6, when: 'it does not exist' },
    by(member, unknownPlan),
  ],
  [
    'GET',
    '/api/plans/{plan_id}/calendar.ics',
    { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' },
    by(member, unknownPlan),
  ],
  ['POST', '/api/rsvp/add', { status: 404, roundTrips: 1, statements: 5, when: 'the plan does not exist' }, by(member, newRsvp)],
  [
    'GET',
    '/api/rsvp/plan/{plan_id}',
    { status: 404, roundTrips: 1, statements: 3, when: 'the plan does not exist' },
    by(member, unknownPlan),
  ],
  [
    'DELETE',
    '/api/rsvp/{rsvp_id}/delete',
    { status: 404, roundTrips: 1, statements: 3, when: 'it does not exist' },
    by(member, unknownPlan),
  ],
  [
    'DELETE',
    '/api/rsvp/plan/{plan_id}/delete',
    { status: 404, roundTrips: 1, statements: 2, when: 'it does not exist' },
    by(member, unknownPlan),
  ],
  [
    'POST',
    '/api/friends/request/{user_id}/',
    { status: 404, roundTrips: 1, statements: 6, when: 'the account does not exist' },
    by(member, unknownFriend),
  ],
  [
    'POST',
    '/api/friends/respond/{request_id}/',
    { status: 404, roundTrips: 1, statements: 3, when: 'it does not exist' },
    by(member, accept),
  ],
  [
    'DELETE',
    '/api/friends/remove/{id}/',
    { status: 404, roundTrips: 1, statements: 3, when: 'it does not exist' },
    by(member, unknownFriend),
  ],
  ['GET', '/api/calendar.ics', { status: 401, roundTrips: 1, statements: 1, when: 'the feed token is unknown' }, unknownFeedToken],
  [
    'POST',
    '/console/api/rooms/{user_id}/take/',
    { status: 404, roundTrips: 1, statements: 2, when: 'the account does not exist' },
    by(staff, unknownIds),
  ],
  ['GET', '/media/profile_img/{name}', { status: 404, roundTrips: 0, statements: 0, when: 'it does not exist' }, unknownPicture],
]
