import { person } from '../support/people.ts'
import { LOGIN_REASON, loggingIn, member, newcomer } from './callers.ts'
import { by, type Row } from './measure.ts'

const newRegistration: Row[3] = () => {
  const account = newcomer()
  return { json: { ...account, password_confirm: account.password, display_name: 'PersonRef', facility_id: '234' } }
}

const NAMES = { display_name: 'Some', first_name: 'Body' }

export const FACILITY: readonly Row[] = [
  ['POST', '/api/users/', { status: 201, roundTrips: 1, statements: 5 }, newRegistration],
  ['GET', '/api/users/me/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['PATCH', '/api/users/me/', { status: 200, roundTrips: 1, statements: 4 }, by(member, { json: NAMES })],
  ['POST', '/api/sessions/', { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['DELETE', '/api/sessions/', { status: 200, roundTrips: 1, statements: 2 }, by(person)],
]
