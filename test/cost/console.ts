import { personWithContacts, runAlarm, trigger } from '../support/alarms.ts'
import { Authenticator } from '../support/authenticator.ts'
import { call, ORIGIN, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { member, otherMember, staff } from './callers.ts'
import { after, by, measure, once, PUSH, type Row } from './measure.ts'
import { ALARM_REASON } from './recovery.ts'

/** A person whose alarm has run: the desk has received it, and its messages are in the outbox. */
const withAlarm = once(async () => {
  const sam = await personWithContacts()
  await trigger(sam)
  await runAlarm(sam)
  return sam
})

const roomOf = async ({ id }: Pick<Person, 'id'>) => ({ params: { user_id: id } })

const newRoom = async () => roomOf(await person())

const claimedRoom = async ({ token }: Person) => {
  const { id } = await person()
  await call('POST', `/console/api/rooms/${id}/take/`, { as: token })
  return roomOf({ id })
}

const aFile = (): FormData => {
  const form = new FormData()
  form.set('file', new Blob(['a text']), 'a.txt')
  return form
}

const newFile = ({ id }: Person) => ({ params: { user_id: id }, form: aFile() })

const storedFile = async ({ id, token }: Person) => {
  const uploaded = await call('POST', `/support/files/${id}/`, { as: token, body: aFile() })
  return { params: { user_id: id, file_id: textAt(uploaded, 'id') } }
}

const unsentFile = async (caller: Person) => ({ ...(await storedFile(caller)), json: { client_id: 'a' } })

const reported = async () => {
  const { id } = await otherMember()
  await call('POST', `/matching/report/${id}/`, { as: (await member()).token, json: { reason: 'Asks for money.' } })
}

const authenticators = new Map<number, Authenticator>()

const challengeFor = async ({ token }: Person, json: object): Promise<string> =>
  textAt(await call('POST', '/console/api/passkeys/challenge/', { as: token, json }), 'challenge')

const newPasskey = async (caller: Person) => {
  const authenticator = new Authenticator(ORIGIN)
  authenticators.set(caller.id, authenticator)
  return { json: { ...(await authenticator.create(await challengeFor(caller, { password: PASSWORD }))), name: 'A key' } }
}

const staffOfPasskey = once(async () => personWith('is_staff'))

const staffWithPasskey = async () => {
  const caller = await personWith('is_staff')
  await call('POST', '/console/api/passkeys/', { as: caller.token, ...(await newPasskey(caller)) })
  await measure('GET', '/console/api/passkeys/', { as: caller.token })
  return caller
}

const signature = async (caller: Person) => ({ json: await authenticators.get(caller.id)?.sign(await challengeFor(caller, {})) })

const storedPasskey = async ({ token }: Person) => ({
  params: { id: textAt(await call('GET', '/console/api/passkeys/', { as: token }), 'passkeys', 0, 'id') },
  json: { password: PASSWORD },
})

/** Why a passkey needs more than one round trip. */
const PASSKEY_REASON = 'the password or the signature is verified between reading and writing'

export const CONSOLE: readonly Row[] = [
  ['GET', '/console/api/rooms', { status: 200, roundTrips: 1, statements: 2 }, by(staff, claimedRoom)],
  ['POST', '/console/api/rooms/{user_id}/take/', { status: 200, roundTrips: 1, statements: 2 }, by(staff, newRoom)],
  ['DELETE', '/console/api/rooms/{user_id}/take/', { status: 204, roundTrips: 1, statements: 2 }, by(staff, claimedRoom)],
  ['GET', '/console/api/rooms/{user_id}/returns/', { status: 200, roundTrips: 1, statements: 2 }, by(staff, newRoom)],
  [
    'POST',
    '/console/api/rooms/{user_id}/resolve/',
    { status: 204, roundTrips: 1, statements: 2 },
    by(staff, async () => ({ ...(await newRoom()), json: { last_message: 0 } })),
  ],
  ['DELETE', '/console/api/rooms/{user_id}/resolve/', { status: 204, roundTrips: 1, statements: 2 }, by(staff, newRoom)],
  ['GET', '/console/api/rooms/{user_id}/notes/', { status: 200, roundTrips: 1, statements: 3 }, by(staff, newRoom)],
  [
    'POST',
    '/console/api/rooms/{user_id}/notes/',
    { status: 201, roundTrips: 1, statements: 3 },
    by(staff, async () => ({ ...(await newRoom()), json: { text: 'Prefers the phone.', client_id: 'a' } })),
  ],
  ['GET', '/console/api/rooms/{user_id}/person/', { status: 200, roundTrips: 1, statements: 5 }, by(staff, newRoom)],
  ['GET', '/console/api/rooms/{user_id}/messages/', { status: 200, roundTrips: 1, statements: 3 }, by(staff, newRoom)],
  ['GET', '/console/api/alarms/', { status: 200, roundTrips: 1, statements: 2 }, by(staff, after(withAlarm))],
  ['GET', '/console/api/outbox/', { status: 200, roundTrips: 1, statements: 3 }, by(staff, after(withAlarm))],
  ['POST', '/support/help/', { status: 200, roundTrips: 2, statements: 7, reason: ALARM_REASON }, by(personWithContacts)],
  ['GET', '/support/help/', { status: 200, roundTrips: 1, statements: 1 }, by(withAlarm)],
  ['GET', '/support/messages/', { status: 200, roundTrips: 1, statements: 1 }, by(person)],
  ['GET', '/support/messages/returns/', { status: 200, roundTrips: 1, statements: 1 }, by(person)],
  ['POST', '/support/files/{user_id}/', { status: 201, roundTrips: 1, statements: 2 }, by(person, newFile)],
  ['POST', '/support/files/{user_id}/{file_id}/send/', { status: 200, roundTrips: 1, statements: 1 }, by(person, unsentFile)],
  ['GET', '/support/files/{user_id}/{file_id}', { status: 200, roundTrips: 1, statements: 1 }, by(person, storedFile)],
  ['GET', '/console/api/push/', { status: 200, roundTrips: 1, statements: 1 }, by(staff)],
  ['POST', '/console/api/push/', { status: 204, roundTrips: 1, statements: 4 }, by(staff, { json: PUSH.device('/a') })],
  [
    'DELETE',
    '/console/api/push/',
    { status: 204, roundTrips: 1, statements: 2 },
    by(staff, { json: { endpoint: 'https://push.example/b' } }),
  ],
  ['POST', '/console/api/push/test/', { status: 200, roundTrips: 1, statements: 2 }, by(staff)],
  ['GET', '/support/help/contacts/', { status: 200, roundTrips: 1, statements: 2 }, by(withAlarm)],
  ['GET', '/console/api/passkeys/', { status: 200, roundTrips: 1, statements: 3 }, by(staff)],
  [
    'POST',
    '/console/api/passkeys/challenge/',
    { status: 200, roundTrips: 3, statements: 7, reason: PASSKEY_REASON },
    by(staff, { json: { password: PASSWORD } }),
  ],
  [
    'POST',
    '/console/api/passkeys/',
    { status: 204, roundTrips: 2, statements: 10, reason: PASSKEY_REASON },
    by(staffOfPasskey, newPasskey),
  ],
  [
    'POST',
    '/console/api/passkeys/confirm/',
    { status: 204, roundTrips: 2, statements: 6, reason: PASSKEY_REASON },
    by(staffWithPasskey, signature),
  ],
  [
    'DELETE',
    '/console/api/passkeys/{id}/',
    { status: 204, roundTrips: 3, statements: 8, reason: PASSKEY_REASON },
    by(staffWithPasskey, storedPasskey),
  ],
  ['GET', '/console/api/reports/', { status: 200, roundTrips: 1, statements: 2 }, by(staff, after(reported))],
]
