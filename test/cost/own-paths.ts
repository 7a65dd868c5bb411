import { env } from 'cloudflare:workers'
import { digestOf } from '../../src/domain/digest.ts'
import { PASSWORD, person } from '../support/people.ts'
import { member } from './callers.ts'
import { by, type Row } from './measure.ts'

const nothing: Row[3] = () => ({})

const storedPicture: Row[3] = async () => {
  const name = `${'a'.repeat(32)}.jpg`
  await env.MEDIA.put(`profile_img/${name}`, 'a picture')
  return { params: { name } }
}

const ERASURE_REASON =
  'the account is closed before its data are deleted, and the foreign keys are read from the schema: an erasure happens once'

const JOIN_REASON = 'two passwords are checked, and what both accounts have is read before the batch: a person does it once'

const joinable: Row[3] = async () => {
  const [{ token }, other] = [await person(), await person()]
  return { as: token, json: { password: PASSWORD, contract: 'meetups', username: other.username, other_password: PASSWORD } }
}

const LINK_REASON = 'the link is looked up before the password is hashed; after the response, the lock of wrong passwords ends'

const passwordLink: Row[3] = async () => {
  const [token, now] = ['a secret', Date.now()]
  const { id } = await person()
  await env.DB.prepare("INSERT INTO one_time_links VALUES (?, 'password', '', ?, ?, ?, NULL)")
    .bind(await digestOf(token), id, now, now + 60_000)
    .run()
  return { json: { token, password: 'a better horse 8' } }
}

const ALARM_LINK_REASON = 'the link is used up after the object has acknowledged the alarm'

/** The alarm of this link does not exist. */
const alarmLink: Row[3] = async () => {
  const [token, now] = ['a third secret', Date.now()]
  const { id } = await person()
  const subject = JSON.stringify({ alarmId: 'none', by: { id: 1, username: 'alex' }, via: 'email' })
  await env.DB.prepare("INSERT INTO one_time_links VALUES (?, 'alarm', ?, ?, ?, ?, NULL)")
    .bind(await digestOf(token), subject, id, now, now + 60_000)
    .run()
  return { json: { token } }
}

const ANSWER_REASON = 'after the response, the contact is taken out of the open alarms'

const invitation: Row[3] = async () => {
  const [token, now] = ['another secret', Date.now()]
  const { id } = await person()
  await env.DB.batch([
    env.DB.prepare("INSERT INTO one_time_links VALUES (?, 'contact', ?, ?, ?, ?, NULL)").bind(
      await digestOf(token),
      '["a"]',
      id,
      now,
      now + 60_000,
    ),
    env.DB.prepare("INSERT INTO contact_answers VALUES (?, 'a', 'asked', ?, NULL)").bind(id, now),
  ])
  return { json: { token, answer: 'declined' } }
}

/** The pages, the OpenAPI documents and the pictures, none of which is stored in D1, and a person's own data. */
export const OWN_PATHS: readonly Row[] = [
  ['GET', '/', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/mindharmony.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/facility.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/matrimony.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/recovery.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/meetups.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/ready', { status: 200, roundTrips: 1, statements: 2 }, nothing],
  ['GET', '/health', { status: 200, roundTrips: 1, statements: 1 }, nothing],
  ['GET', '/media/profile_img/{name}', { status: 200, roundTrips: 0, statements: 0 }, storedPicture],
  ['GET', '/account/audit', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  [
    'GET',
    '/account/export',
    { status: 200, roundTrips: 2, statements: 43, reason: 'one for the first page of every table, one for the audit trail' },
    by(member),
  ],
  [
    'POST',
    '/account/erase',
    { status: 200, roundTrips: 7, statements: 51, reason: ERASURE_REASON },
    by(person, { json: { password: PASSWORD } }),
  ],
  ['GET', '/account/join', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['POST', '/account/join', { status: 200, roundTrips: 5, statements: 58, reason: JOIN_REASON }, joinable],
  ['GET', '/support/password', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  // Without an address for links. With one, all of the work follows the response (test/site/password-link.test.ts).
  ['POST', '/support/password', { status: 200, roundTrips: 0, statements: 0 }, () => ({ json: { name: 'nobody' } })],
  ['GET', '/support/password/new', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['POST', '/support/password/new', { status: 200, roundTrips: 3, statements: 6, reason: LINK_REASON }, passwordLink],
  ['GET', '/support/alarm', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['POST', '/support/alarm', { status: 410, roundTrips: 2, statements: 3, reason: ALARM_LINK_REASON }, alarmLink],
  ['GET', '/support/contact', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['POST', '/support/contact', { status: 200, roundTrips: 2, statements: 4, reason: ANSWER_REASON }, invitation],
  ['GET', '/console', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/support', { status: 200, roundTrips: 0, statements: 0 }, nothing],
]
