import { call, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'
import { LOGIN_REASON, loggingIn, member, newcomer } from './callers.ts'
import { by, type Row } from './measure.ts'

const newRegistration: Row[3] = () => ({ json: newcomer() })

const ENTRY = { name: 'Breathing', date: '2026-11-20', duration: 5 }

/** A practice session of the caller. */
const entry = async ({ token }: Person) => ({
  params: { id: textAt(await call('POST', '/session/', { as: token, json: ENTRY }), 'id') },
})

const corrected = async (me: Person) => ({ ...(await entry(me)), json: { ...ENTRY, duration: 90 } })

const ownId = ({ id }: Person) => ({ params: { id } })
const profile = (me: Person) => ({ ...ownId(me), json: { bio: 'Breathes.', location: 'Nairobi' } })

export const MINDHARMONY: readonly Row[] = [
  ['POST', '/user/register/', { status: 201, roundTrips: 1, statements: 4 }, newRegistration],
  ['POST', '/register/', { status: 201, roundTrips: 1, statements: 4 }, newRegistration],
  ['POST', '/user/login/', { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['POST', '/login/', { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['POST', '/user/logout/', { status: 200, roundTrips: 1, statements: 2 }, by(person)],
  ['POST', '/user/validate-token/', { status: 200, roundTrips: 1, statements: 1 }, by(member)],
  ['GET', '/user/user-details/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/user-details/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/user/profile/{id}', { status: 200, roundTrips: 1, statements: 2 }, by(member, ownId)],
  ['PUT', '/user/profile/{id}', { status: 200, roundTrips: 1, statements: 3 }, by(member, profile)],
  ['PATCH', '/user/profile/{id}', { status: 200, roundTrips: 1, statements: 3 }, by(member, profile)],
  ['GET', '/session/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['POST', '/session/', { status: 201, roundTrips: 1, statements: 3 }, by(member, { json: ENTRY })],
  ['GET', '/session/summary/', { status: 200, roundTrips: 1, statements: 4 }, by(member)],
  ['GET', '/session/{id}/', { status: 200, roundTrips: 1, statements: 2 }, by(member, entry)],
  ['PUT', '/session/{id}/', { status: 200, roundTrips: 1, statements: 2 }, by(member, corrected)],
  ['PATCH', '/session/{id}/', { status: 200, roundTrips: 1, statements: 2 }, by(member, corrected)],
  ['DELETE', '/session/{id}/', { status: 204, roundTrips: 1, statements: 2 }, by(member, entry)],
]
