import { call, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'
import { by, type Row } from './ask.ts'
import { HASHED, knocking, newcomer, somebody } from './cast.ts'

const registering: Row[3] = () => ({ json: newcomer() })

const ENTRY = { name: 'Sit', date: '2026-11-20', duration: 5 }

/** A session that the caller has written down. */
const entry = async ({ token }: Person) => ({
  params: { id: textAt(await call('POST', '/session/', { as: token, json: ENTRY }), 'id') },
})

const corrected = async (me: Person) => ({ ...(await entry(me)), json: { ...ENTRY, duration: 90 } })

const ownId = ({ id }: Person) => ({ params: { id } })
const profile = (me: Person) => ({ ...ownId(me), json: { bio: 'Sits.', location: 'Nairobi' } })

export const MINDHARMONY: readonly Row[] = [
  ['POST', '/user/register/', { status: 201, roundTrips: 1, statements: 3 }, registering],
  ['POST', '/register/', { status: 201, roundTrips: 1, statements: 3 }, registering],
  ['POST', '/user/login/', { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['POST', '/login/', { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['POST', '/user/logout/', { status: 200, roundTrips: 2, statements: 2 }, by(person)],
  ['POST', '/user/validate-token/', { status: 200, roundTrips: 1, statements: 1 }, by(somebody)],
  ['GET', '/user/user-details/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/user-details/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/user/profile/{id}', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, ownId)],
  ['PUT', '/user/profile/{id}', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, profile)],
  ['PATCH', '/user/profile/{id}', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, profile)],
  ['GET', '/session/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['POST', '/session/', { status: 201, roundTrips: 2, statements: 2 }, by(somebody, { json: ENTRY })],
  ['GET', '/session/summary/', { status: 200, roundTrips: 2, statements: 4 }, by(somebody)],
  ['GET', '/session/{id}/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, entry)],
  ['PUT', '/session/{id}/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, corrected)],
  ['PATCH', '/session/{id}/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, corrected)],
  ['DELETE', '/session/{id}/', { status: 204, roundTrips: 2, statements: 2 }, by(somebody, entry)],
]
