import { person } from '../support/people.ts'
import { by, type Row } from './ask.ts'
import { HASHED, knocking, newcomer, somebody } from './cast.ts'

const registering: Row[3] = () => {
  const account = newcomer()
  return { json: { ...account, password_confirm: account.password, display_name: 'PersonRef', facility_id: '234' } }
}

const NAMES = { display_name: 'Some', first_name: 'Body' }

export const FACILITY: readonly Row[] = [
  ['POST', '/api/users/', { status: 201, roundTrips: 1, statements: 4 }, registering],
  ['GET', '/api/users/me/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['PATCH', '/api/users/me/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, { json: NAMES })],
  ['POST', '/api/sessions/', { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['DELETE', '/api/sessions/', { status: 200, roundTrips: 2, statements: 2 }, by(person)],
]
