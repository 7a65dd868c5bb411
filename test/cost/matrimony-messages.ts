import { env } from 'cloudflare:workers'
import { call } from '../support/call.ts'
import { dayFromNow, insertPreferenceFor, insertProfileFor, plan, subscribe, subscriber } from '../support/matrimony.ts'
import { freshName, type Person, person } from '../support/people.ts'
import { member, staff } from './callers.ts'
import { after, by, once, type Row } from './measure.ts'

const sender = once(() => subscriber())

/** A message to the caller. */
const receiveMessage = async ({ id }: Person) =>
  call('POST', '/message/', { as: (await sender()).token, json: { receiver_id: id, content: 'Hello!' } })

const message = async () => ({ json: { receiver_id: (await member()).id, content: 'Hello!' } })
const withSender = async () => ({ params: { user_id: (await sender()).id } })

const unread = async (me: Person) => {
  await receiveMessage(me)
  return { params: { user_id: me.id } }
}

const receiveAndReadMessage = async (me: Person) => {
  await receiveMessage(me)
  await call('GET', '/message/getnewmessages', { as: me.token })
}

/** A request by staff that notifies others. */
const notifyBy = (path: string, json?: () => object) => after(async () => call('POST', path, { as: (await staff()).token, json: json?.() }))

const BULK = { message_title: 'Diwali', message_content: 'A happy Diwali to all of you.' }
const OFFER = { plan_type: 'premium', start_date: '2024-01-01', end_date: dayFromNow(300) }
const bulkNotification = notifyBy('/notification/bulk/', () => BULK)
const planNotification = notifyBy('/notification/notifysubscription/', () => OFFER)

const CASTE = 14
const caste = () => ({ type_id: CASTE, value: freshName() })
const adding = () => ({ json: caste() })
const addingMany = () => ({ json: [{ type: CASTE, value: freshName() }] })

/** A member whose plan ends tomorrow. */
const withExpiringPlan = async () => {
  const someone = await person()
  await subscribe(someone, await plan('premium', 1))
  return someone
}

/** A member who gets notifications about new members, and a new member who matches their preference. */
const withNewMatch = async () => {
  const [someone, newest] = [await subscriber('platinum'), await person()]
  await Promise.all([insertPreferenceFor(someone), insertProfileFor(newest)])
  return someone
}

const somePlan = async () => ({ params: { id: await plan() } })
const planChange = async () => ({ ...(await somePlan()), json: OFFER })

const LAST = { query: '?page=last' }

/** All eight types exist already. One must be deleted so that it can be added. */
const deletedType = async () => {
  await env.DB.prepare("DELETE FROM master_types WHERE type = 'language'").run()
  return { json: { type: 'language' } }
}

export const MATRIMONY_MESSAGES: readonly Row[] = [
  ['POST', '/message/', { status: 201, roundTrips: 1, statements: 5 }, by(sender, message)],
  ['GET', '/message/', { status: 200, roundTrips: 1, statements: 2 }, by(member, after(receiveAndReadMessage))],
  ['GET', '/message/getnewmessages', { status: 200, roundTrips: 1, statements: 5 }, by(member, after(receiveMessage))],
  ['GET', '/message/messagebyreceiver/', { status: 200, roundTrips: 1, statements: 5 }, by(member, after(receiveMessage))],
  ['GET', '/message/unreadmessages/', { status: 200, roundTrips: 1, statements: 2 }, by(member, after(receiveMessage))],
  ['GET', '/message/viewhistory/{user_id}/', { status: 200, roundTrips: 1, statements: 3 }, by(member, withSender)],
  ['GET', '/message/viewmatch/', { status: 200, roundTrips: 1, statements: 3 }, by(withNewMatch, notifyBy('/notification/newmatch/'))],
  ['GET', '/message/viewbulk', { status: 200, roundTrips: 1, statements: 2 }, by(member, bulkNotification)],
  ['GET', '/message/viewmaster/', { status: 200, roundTrips: 1, statements: 2 }, by(member, notifyBy('/notification/addmaster/', caste))],
  [
    'GET',
    '/message/viewreminder/',
    { status: 200, roundTrips: 1, statements: 2 },
    by(withExpiringPlan, notifyBy('/notification/notifyexpiring/')),
  ],
  ['GET', '/message/newsubscription/', { status: 200, roundTrips: 1, statements: 3 }, by(member, planNotification)],
  ['GET', '/notification/unread/{user_id}', { status: 200, roundTrips: 1, statements: 4 }, by(member, unread)],
  ['GET', '/notification/getall/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['GET', '/notification/getallunread/', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  ['POST', '/notification/newmatch/', { status: 201, roundTrips: 1, statements: 5 }, by(staff, after(withNewMatch))],
  ['POST', '/notification/bulk/', { status: 201, roundTrips: 1, statements: 4 }, by(staff, { json: BULK })],
  ['POST', '/notification/addmaster/', { status: 201, roundTrips: 1, statements: 6 }, by(staff, adding)],
  ['POST', '/notification/notifyexpiring/', { status: 200, roundTrips: 1, statements: 5 }, by(staff, after(withExpiringPlan))],
  ['POST', '/notification/notifysubscription/', { status: 200, roundTrips: 1, statements: 5 }, by(staff, { json: OFFER })],
  ['POST', '/subscription/', { status: 201, roundTrips: 1, statements: 3 }, by(staff, { json: OFFER })],
  ['GET', '/subscription/list', { status: 200, roundTrips: 1, statements: 3 }, by(member)],
  ['GET', '/subscription/list', { status: 200, roundTrips: 1, statements: 3, when: 'the last page' }, by(member, LAST)],
  ['GET', '/subscription/list/{id}', { status: 200, roundTrips: 1, statements: 2 }, by(member, somePlan)],
  ['PUT', '/subscription/update/{id}', { status: 200, roundTrips: 1, statements: 3 }, by(staff, planChange)],
  ['PATCH', '/subscription/update/{id}', { status: 200, roundTrips: 1, statements: 3 }, by(staff, planChange)],
  ['DELETE', '/subscription/delete/{id}', { status: 200, roundTrips: 1, statements: 3 }, by(staff, somePlan)],
  ['POST', '/commonmatch/', { status: 200, roundTrips: 1, statements: 3 }, by(staff, deletedType)],
  ['GET', '/commonmatch/getdetails/', { status: 200, roundTrips: 1, statements: 3 }, by(staff)],
  ['POST', '/commonmatch/master/', { status: 200, roundTrips: 1, statements: 4 }, by(staff, addingMany)],
  ['GET', '/commonmatch/list/', { status: 200, roundTrips: 1, statements: 3 }, by(staff)],
  ['GET', '/commonmatch/list/', { status: 200, roundTrips: 1, statements: 3, when: 'the last page' }, by(staff, LAST)],
]
