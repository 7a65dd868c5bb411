import { ANN, alarms, personWithContacts, trigger } from '../support/alarms.ts'
import { at, call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { withWorkerContext } from '../support/worker-context.ts'
import { LOGIN_REASON, loggingIn, member, newcomer, staff } from './callers.ts'
import { after, by, once, type Row } from './measure.ts'

const newRegistration: Row[3] = () => ({ json: newcomer() })

const ownId = ({ id }: Person) => ({ params: { id } })
const withBody = (json: object) => (me: Person) => ({ ...ownId(me), json })

/** A person with all data that an alarm uses. */
const sam = once(personWithContacts)
const newPerson = () => personWithContacts()

const HALL = { name: 'Dr. Hall', phone: '+380507654321', email: 'hall@example.com' }

/** Another session of the caller, which can be ended. */
const otherLogin = async ({ token, username }: Person) => {
  await call('POST', '/api/v1/user/login/', { json: { username, password: PASSWORD } })
  const sessions = await call('GET', '/api/v1/user/sessions/', { as: token })
  const index = at(sessions, 0, 'current') === true ? 1 : 0
  return { params: { session_id: textAt(sessions, index, 'id') } }
}

const contact = async ({ id, token }: Person) => ({
  params: { id, contact_id: textAt(await call('PATCH', `/api/v1/user/edit/contact/${id}/`, { as: token, json: ANN }), 'data', 'id') },
})

const withAlarm = async (someone: Person) => {
  await trigger(someone)
  return { params: { id: someone.id, alarm_id: textAt(await alarms(someone), 'alarms', 0, 'alarm_id') } }
}

/** A room with one message. */
const roomWithMessage = async ({ id, username }: Person) => {
  const message = { sender: { id, username }, fromAdmin: false, message: 'Help.', clientId: null, connectionId: 'none' }
  await withWorkerContext((context) => context.support.room(id).storeMessage({ id, username }, message))
  return { params: { id } }
}

const others = async () => ownId(await sam())
const othersAlarm = async () => withAlarm(await sam())
const othersRoom = async () => roomWithMessage(await sam())

const SOCKET = { headers: { Upgrade: 'websocket' } }
const socket = ({ id }: Person) => ({ params: { user_id: id }, ...SOCKET })
const othersSocket = async () => socket(await sam())

export const ALARM_REASON = 'the row in open_alarms is written after the response, once the object has stored the alarm'
const MODEL_REASON = 'the question is stored before the model is called, and the answer afterwards'

const USER = '/api/v1/user'
const EVENT = '/api/v1/event'
const ALARMS = '/api/v1/event/alarms'
const CHAT = '/api/v1/chat'

export const RECOVERY: readonly Row[] = [
  ['POST', `${USER}/registration/`, { status: 201, roundTrips: 1, statements: 3 }, newRegistration],
  ['POST', `${USER}/login/`, { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['POST', `${USER}/logout/`, { status: 200, roundTrips: 1, statements: 2 }, by(person)],
  ['GET', `${USER}/sessions/`, { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['DELETE', `${USER}/sessions/{session_id}/`, { status: 204, roundTrips: 1, statements: 2 }, by(member, otherLogin)],
  ['DELETE', `${USER}/sessions/`, { status: 200, roundTrips: 1, statements: 2 }, by(member, after(otherLogin))],
  ['GET', `${USER}/{id}/`, { status: 200, roundTrips: 1, statements: 2 }, by(sam, ownId)],
  ['GET', `${USER}/{id}/`, { status: 200, roundTrips: 1, statements: 3, when: 'by staff' }, by(staff, others)],
  ['PATCH', `${USER}/edit/{id}/`, { status: 200, roundTrips: 1, statements: 6 }, by(sam, withBody({ age: 30, scenario: 3 }))],
  ['PATCH', `${USER}/edit/contact/{id}/`, { status: 201, roundTrips: 1, statements: 4 }, by(sam, withBody(ANN))],
  ['GET', `${USER}/contacts/{id}/`, { status: 200, roundTrips: 1, statements: 2 }, by(sam, ownId)],
  ['DELETE', `${USER}/contacts/{id}/{contact_id}/`, { status: 204, roundTrips: 1, statements: 3 }, by(sam, contact)],
  ['PUT', `${USER}/create/therapist/{id}/`, { status: 201, roundTrips: 1, statements: 6 }, by(sam, withBody(HALL))],
  ['PATCH', `${USER}/edit/therapist/{id}/`, { status: 200, roundTrips: 1, statements: 3 }, by(sam, withBody(HALL))],
  ['GET', `${USER}/music/`, { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['POST', `${USER}/music/edit/{id}/`, { status: 200, roundTrips: 1, statements: 3 }, by(sam, withBody({ music: 1 }))],
  ['GET', `${USER}/scenarios/`, { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', `${EVENT}/trigger/{id}/`, { status: 200, roundTrips: 2, statements: 7, reason: ALARM_REASON }, by(newPerson, ownId)],
  ['POST', `${EVENT}/trigger/{id}/`, { status: 200, roundTrips: 2, statements: 7, reason: ALARM_REASON }, by(newPerson, ownId)],
  ['GET', `${ALARMS}/{id}/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, withAlarm)],
  ['GET', `${ALARMS}/{id}/`, { status: 200, roundTrips: 1, statements: 3, when: 'by staff' }, by(staff, othersAlarm)],
  ['POST', `${ALARMS}/{id}/{alarm_id}/ack/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, withAlarm)],
  ['POST', `${ALARMS}/{id}/{alarm_id}/ack/`, { status: 200, roundTrips: 1, statements: 3, when: 'by staff' }, by(staff, othersAlarm)],
  [
    'POST',
    `${CHAT}/{id}/`,
    { status: 200, roundTrips: 2, statements: 7, reason: MODEL_REASON },
    by(sam, withBody({ text: 'I can not sleep.' })),
  ],
  ['GET', `${CHAT}/user/support/{id}/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, roomWithMessage)],
  ['GET', `${CHAT}/user/support/{id}/`, { status: 200, roundTrips: 1, statements: 3, when: 'by staff' }, by(staff, othersRoom)],
  ['GET', `${CHAT}/user/support/{id}/messages/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, roomWithMessage)],
  ['GET', `${CHAT}/user/support/{id}/messages/`, { status: 200, roundTrips: 1, statements: 3, when: 'by staff' }, by(staff, othersRoom)],
  ['GET', `${CHAT}/user/support/{id}/messages.txt`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, roomWithMessage)],
  ['GET', `${CHAT}/user/support/{id}/messages.json`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, roomWithMessage)],
  ['GET', '/ws/chat/{user_id}/', { status: 101, roundTrips: 1, statements: 2 }, by(sam, socket)],
  ['GET', '/ws/chat/{user_id}/', { status: 101, roundTrips: 1, statements: 4, when: 'staff connect' }, by(staff, othersSocket)],
  ['GET', '/ws/chat/admin/', { status: 101, roundTrips: 1, statements: 3 }, by(staff, SOCKET)],
  ['GET', '/ws/admin/', { status: 101, roundTrips: 1, statements: 3 }, by(staff, SOCKET)],
]
