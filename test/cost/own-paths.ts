import { env } from 'cloudflare:workers'
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

/** The pages, the OpenAPI documents and the pictures, none of which is stored in D1, and a person's own data. */
export const OWN_PATHS: readonly Row[] = [
  ['GET', '/', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/mindharmony.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/facility.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/matrimony.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/recovery.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/docs/openapi/meetups.json', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/health', { status: 200, roundTrips: 1, statements: 1 }, nothing],
  ['GET', '/media/profile_img/{name}', { status: 200, roundTrips: 0, statements: 0 }, storedPicture],
  ['GET', '/account/audit', { status: 200, roundTrips: 1, statements: 2 }, by(member)],
  [
    'GET',
    '/account/export',
    { status: 200, roundTrips: 2, statements: 41, reason: 'one for the first page of every table, one for the audit trail' },
    by(member),
  ],
  [
    'POST',
    '/account/erase',
    { status: 200, roundTrips: 7, statements: 46, reason: ERASURE_REASON },
    by(person, { json: { password: PASSWORD } }),
  ],
  ['GET', '/console', { status: 200, roundTrips: 0, statements: 0 }, nothing],
  ['GET', '/support', { status: 200, roundTrips: 0, statements: 0 }, nothing],
]
