import { ANN, alarms, cast, trigger } from '../support/alarms.ts'
import { at, call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { withWorkerContext } from '../support/worker-context.ts'
import { after, by, once, type Row } from './ask.ts'
import { HASHED, knocking, newcomer, somebody, staff } from './cast.ts'

const registering: Row[3] = () => ({ json: newcomer() })

const ownId = ({ id }: Person) => ({ params: { id } })
const saying = (json: object) => (me: Person) => ({ ...ownId(me), json })

/** Somebody for whom there is whatever an alarm may ask for. */
const sam = once(cast)
const somebodyNew = () => cast()

const HALL = { name: 'Dr. Hall', phone: '112', email: 'hall@example.com' }

/** Another log-in of the caller's, which can be ended. */
const otherLogin = async ({ token, username }: Person) => {
  await call('POST', '/api/v1/user/login/', { json: { username, password: PASSWORD } })
  const listed = await call('GET', '/api/v1/user/sessions/', { as: token })
  const number = at(listed, 0, 'current') === true ? 1 : 0
  return { params: { session_id: textAt(listed, number, 'id') } }
}

const contact = async ({ id, token }: Person) => ({
  params: { id, contact_id: textAt(await call('PATCH', `/api/v1/user/edit/contact/${id}/`, { as: token, json: ANN }), 'data', 'id') },
})

const rung = async (someone: Person) => {
  await trigger(someone)
  return { params: { id: someone.id, alarm_id: textAt(await alarms(someone), 'alarms', 0, 'alarm_id') } }
}

/** A room in which something was said. */
const spoken = async ({ id, username }: Person) => {
  const said = { sender: { id, username }, fromAdmin: false, message: 'Help.', clientId: null, connectionId: 'none' }
  await withWorkerContext((context) => context.support.room(id).say({ id, username }, said))
  return { params: { id } }
}

const others = async () => ownId(await sam())
const othersAlarm = async () => rung(await sam())
const othersRoom = async () => spoken(await sam())

const SOCKET = { headers: { Upgrade: 'websocket' } }
const socket = ({ id }: Person) => ({ params: { user_id: id }, ...SOCKET })
const othersSocket = async () => socket(await sam())

const NOTED = 'that the object has something to do is noted after the answer, and only once the object has it'
const MODEL = 'what is asked is kept before the model is, and its answer afterwards'

const USER = '/api/v1/user'
const EVENT = '/api/v1/event'
const ALARMS = '/api/v1/event/alarms'
const CHAT = '/api/v1/chat'

export const RECOVERY: readonly Row[] = [
  ['POST', `${USER}/registration/`, { status: 201, roundTrips: 1, statements: 2 }, registering],
  ['POST', `${USER}/login/`, { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['POST', `${USER}/logout/`, { status: 200, roundTrips: 2, statements: 2 }, by(person)],
  ['GET', `${USER}/sessions/`, { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['DELETE', `${USER}/sessions/{session_id}/`, { status: 204, roundTrips: 2, statements: 2 }, by(somebody, otherLogin)],
  ['DELETE', `${USER}/sessions/`, { status: 200, roundTrips: 2, statements: 2 }, by(somebody, after(otherLogin))],
  ['GET', `${USER}/{id}/`, { status: 200, roundTrips: 2, statements: 2 }, by(sam, ownId)],
  ['GET', `${USER}/{id}/`, { status: 200, roundTrips: 2, statements: 2, when: 'staff ask' }, by(staff, others)],
  ['PATCH', `${USER}/edit/{id}/`, { status: 200, roundTrips: 2, statements: 5 }, by(sam, saying({ age: 30, scenario: 3 }))],
  ['PATCH', `${USER}/edit/contact/{id}/`, { status: 201, roundTrips: 2, statements: 2 }, by(sam, saying(ANN))],
  ['GET', `${USER}/contacts/{id}/`, { status: 200, roundTrips: 2, statements: 2 }, by(sam, ownId)],
  ['DELETE', `${USER}/contacts/{id}/{contact_id}/`, { status: 204, roundTrips: 2, statements: 2 }, by(sam, contact)],
  ['PUT', `${USER}/create/therapist/{id}/`, { status: 201, roundTrips: 2, statements: 4 }, by(sam, saying(HALL))],
  ['PATCH', `${USER}/edit/therapist/{id}/`, { status: 200, roundTrips: 2, statements: 2 }, by(sam, saying(HALL))],
  ['GET', `${USER}/music/`, { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['POST', `${USER}/music/edit/{id}/`, { status: 200, roundTrips: 2, statements: 2 }, by(sam, saying({ music: 1 }))],
  ['GET', `${USER}/scenarios/`, { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', `${EVENT}/trigger/{id}/`, { status: 200, roundTrips: 3, statements: 6, because: NOTED }, by(somebodyNew, ownId)],
  ['POST', `${EVENT}/trigger/{id}/`, { status: 200, roundTrips: 3, statements: 6, because: NOTED }, by(somebodyNew, ownId)],
  ['GET', `${ALARMS}/{id}/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, rung)],
  ['GET', `${ALARMS}/{id}/`, { status: 200, roundTrips: 2, statements: 2, when: 'staff ask' }, by(staff, othersAlarm)],
  ['POST', `${ALARMS}/{id}/{alarm_id}/ack/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, rung)],
  ['POST', `${ALARMS}/{id}/{alarm_id}/ack/`, { status: 200, roundTrips: 2, statements: 2, when: 'staff ask' }, by(staff, othersAlarm)],
  ['POST', `${CHAT}/{id}/`, { status: 200, roundTrips: 3, statements: 6, because: MODEL }, by(sam, saying({ text: 'I can not sleep.' }))],
  ['GET', `${CHAT}/user/support/{id}/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, spoken)],
  ['GET', `${CHAT}/user/support/{id}/`, { status: 200, roundTrips: 2, statements: 2, when: 'staff ask' }, by(staff, othersRoom)],
  ['GET', `${CHAT}/user/support/{id}/messages/`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, spoken)],
  ['GET', `${CHAT}/user/support/{id}/messages/`, { status: 200, roundTrips: 2, statements: 2, when: 'staff ask' }, by(staff, othersRoom)],
  ['GET', `${CHAT}/user/support/{id}/messages.txt`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, spoken)],
  ['GET', `${CHAT}/user/support/{id}/messages.json`, { status: 200, roundTrips: 1, statements: 1 }, by(sam, spoken)],
  ['GET', '/ws/chat/{user_id}/', { status: 101, roundTrips: 2, statements: 2 }, by(sam, socket)],
  ['GET', '/ws/chat/{user_id}/', { status: 101, roundTrips: 2, statements: 3, when: 'staff sit down' }, by(staff, othersSocket)],
  ['GET', '/ws/chat/admin/', { status: 101, roundTrips: 2, statements: 2 }, by(staff, SOCKET)],
  ['GET', '/ws/admin/', { status: 101, roundTrips: 2, statements: 2 }, by(staff, SOCKET)],
]
