import { env } from 'cloudflare:workers'
import { call } from '../support/call.ts'
import { dayFromNow, plan, profileOf, subscribe, subscriber, wishOf } from '../support/matrimony.ts'
import { freshName, type Person, person } from '../support/people.ts'
import { after, by, once, type Row } from './ask.ts'
import { somebody, staff } from './cast.ts'

const writer = once(() => subscriber())

/** A message to the caller. */
const wrote = async ({ id }: Person) =>
  call('POST', '/message/', { as: (await writer()).token, json: { receiver_id: id, content: 'Hello!' } })

const message = async () => ({ json: { receiver_id: (await somebody()).id, content: 'Hello!' } })
const withWriter = async () => ({ params: { user_id: (await writer()).id } })

const unread = async (me: Person) => {
  await wrote(me)
  return { params: { user_id: me.id } }
}

const read = async (me: Person) => {
  await wrote(me)
  await call('GET', '/message/getnewmessages', { as: me.token })
}

/** What an operator does, which tells others. */
const told = (path: string, json?: () => object) => after(async () => call('POST', path, { as: (await staff()).token, json: json?.() }))

const EVERYBODY = { message_title: 'Diwali', message_content: 'A happy Diwali to all of you.' }
const OFFER = { plan_type: 'premium', start_date: '2024-01-01', end_date: dayFromNow(300) }
const saidToAll = told('/notification/bulk/', () => EVERYBODY)
const offered = told('/notification/notifysubscription/', () => OFFER)

const CASTE = 14
const caste = () => ({ type_id: CASTE, value: freshName() })
const adding = () => ({ json: caste() })
const addingMany = () => ({ json: [{ type: CASTE, value: freshName() }] })

/** Somebody who is on a plan that ends tomorrow. */
const ending = async () => {
  const someone = await person()
  await subscribe(someone, await plan('premium', 1))
  return someone
}

/** Somebody who is told of new members, and a new member for whom they look. */
const looking = async () => {
  const [someone, newest] = [await subscriber('platinum'), await person()]
  await Promise.all([wishOf(someone), profileOf(newest)])
  return someone
}

const somePlan = async () => ({ params: { id: await plan() } })
const changed = async () => ({ ...(await somePlan()), json: OFFER })

const LAST = { query: '?page=last' }

/** The eight lists are all there: one has to go, so that it can be opened. */
const listToOpen = async () => {
  await env.DB.prepare("DELETE FROM master_types WHERE type = 'language'").run()
  return { json: { type: 'language' } }
}

export const MATRIMONY_MESSAGES: readonly Row[] = [
  ['POST', '/message/', { status: 201, roundTrips: 2, statements: 4 }, by(writer, message)],
  ['GET', '/message/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, after(read))],
  ['GET', '/message/getnewmessages', { status: 200, roundTrips: 2, statements: 4 }, by(somebody, after(wrote))],
  ['GET', '/message/messagebyreceiver/', { status: 200, roundTrips: 2, statements: 4 }, by(somebody, after(wrote))],
  ['GET', '/message/unreadmessages/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, after(wrote))],
  ['GET', '/message/viewhistory/{user_id}/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, withWriter)],
  ['GET', '/message/viewmatch/', { status: 200, roundTrips: 2, statements: 3 }, by(looking, told('/notification/newmatch/'))],
  ['GET', '/message/viewbulk', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, saidToAll)],
  ['GET', '/message/viewmaster/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, told('/notification/addmaster/', caste))],
  ['GET', '/message/viewreminder/', { status: 200, roundTrips: 2, statements: 2 }, by(ending, told('/notification/notifyexpiring/'))],
  ['GET', '/message/newsubscription/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, offered)],
  ['GET', '/notification/unread/{user_id}', { status: 200, roundTrips: 2, statements: 4 }, by(somebody, unread)],
  ['GET', '/notification/getall/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['GET', '/notification/getallunread/', { status: 200, roundTrips: 2, statements: 2 }, by(somebody)],
  ['POST', '/notification/newmatch/', { status: 201, roundTrips: 2, statements: 4 }, by(staff, after(looking))],
  ['POST', '/notification/bulk/', { status: 201, roundTrips: 2, statements: 3 }, by(staff, { json: EVERYBODY })],
  ['POST', '/notification/addmaster/', { status: 201, roundTrips: 2, statements: 6 }, by(staff, adding)],
  ['POST', '/notification/notifyexpiring/', { status: 200, roundTrips: 2, statements: 4 }, by(staff, after(ending))],
  ['POST', '/notification/notifysubscription/', { status: 200, roundTrips: 2, statements: 4 }, by(staff, { json: OFFER })],
  ['POST', '/subscription/', { status: 201, roundTrips: 2, statements: 2 }, by(staff, { json: OFFER })],
  ['GET', '/subscription/list', { status: 200, roundTrips: 2, statements: 3 }, by(somebody)],
  ['GET', '/subscription/list', { status: 200, roundTrips: 2, statements: 3, when: 'the last page is asked for' }, by(somebody, LAST)],
  ['GET', '/subscription/list/{id}', { status: 200, roundTrips: 2, statements: 2 }, by(somebody, somePlan)],
  ['PUT', '/subscription/update/{id}', { status: 200, roundTrips: 2, statements: 3 }, by(staff, changed)],
  ['PATCH', '/subscription/update/{id}', { status: 200, roundTrips: 2, statements: 3 }, by(staff, changed)],
  ['DELETE', '/subscription/delete/{id}', { status: 200, roundTrips: 2, statements: 2 }, by(staff, somePlan)],
  ['POST', '/commonmatch/', { status: 200, roundTrips: 2, statements: 2 }, by(staff, listToOpen)],
  ['GET', '/commonmatch/getdetails/', { status: 200, roundTrips: 2, statements: 3 }, by(staff)],
  ['POST', '/commonmatch/master/', { status: 200, roundTrips: 2, statements: 3 }, by(staff, addingMany)],
  ['GET', '/commonmatch/list/', { status: 200, roundTrips: 2, statements: 3 }, by(staff)],
  ['GET', '/commonmatch/list/', { status: 200, roundTrips: 2, statements: 3, when: 'the last page is asked for' }, by(staff, LAST)],
]
