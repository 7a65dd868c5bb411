import { cast, ring, trigger } from '../support/alarms.ts'
import { call } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'
import { after, by, once, type Row } from './ask.ts'
import { another, somebody, staff } from './cast.ts'

/** Somebody whose alarm has rung: the desk knows of it, and what would have been sent is in the outbox. */
const rung = once(async () => {
  const sam = await cast()
  await trigger(sam)
  await ring(sam)
  return sam
})

const room = async ({ id }: Pick<Person, 'id'>) => ({ params: { user_id: id } })

const quiet = async () => room(await person())

const taken = async ({ token }: Person) => {
  const { id } = await person()
  await call('POST', `/console/api/rooms/${id}/take/`, { as: token })
  return room({ id })
}

const reported = async () => {
  const { id } = await another()
  await call('POST', `/matching/report/${id}/`, { as: (await somebody()).token, json: { reason: 'Asks for money.' } })
}

export const CONSOLE: readonly Row[] = [
  ['GET', '/console/api/rooms', { status: 200, roundTrips: 1, statements: 1 }, by(staff, taken)],
  ['POST', '/console/api/rooms/{user_id}/take/', { status: 200, roundTrips: 2, statements: 2 }, by(staff, quiet)],
  ['DELETE', '/console/api/rooms/{user_id}/take/', { status: 204, roundTrips: 2, statements: 2 }, by(staff, taken)],
  ['GET', '/console/api/alarms/', { status: 200, roundTrips: 1, statements: 1 }, by(staff, after(rung))],
  ['GET', '/console/api/outbox/', { status: 200, roundTrips: 2, statements: 2 }, by(staff, after(rung))],
  ['GET', '/console/api/reports/', { status: 200, roundTrips: 2, statements: 2 }, by(staff, after(reported))],
]
