import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { origin } from '../src/app.ts'
import { createCtx } from '../src/compose.ts'
import { createStore } from '../src/store/store.ts'
import { ORIGIN } from './support/call.ts'
import { countingDatabase } from './support/counting-database.ts'
import { freshName, PASSWORD, person, personWith } from './support/people.ts'

/** How often a request asks the database: once to know who calls, once to answer, and not where there is nothing to read. */

interface Asked {
  readonly status: number
  readonly roundTrips: number
}

const ask = async (method: string, path: string, token?: string, json?: object): Promise<Asked> => {
  const { database, counts } = countingDatabase(env.DB)
  const ctx = { ...createCtx(env, { waitUntil: () => undefined }), store: createStore(database) }
  const headers = { ...(token && { Authorization: token }), ...(json && { 'Content-Type': 'application/json' }) }
  const response = await origin(new Request(new URL(path, ORIGIN), { method, headers, ...(json && { body: JSON.stringify(json) }) }), ctx)
  await response.arrayBuffer()
  return { status: response.status, roundTrips: counts.roundTrips }
}

test('authenticating is one round trip, and answering one more at the most', async () => {
  const { id, objectId, token } = await person()
  const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
  const planned = { title: 'Game Night', location, end_time: '2025-09-28 15:00:00' }
  const nobody = 'a'.repeat(24)
  const entry = { name: 'Sit', date: '2026-11-20', duration: 5 }
  expect(await ask('GET', '/users/byId/', token)).toEqual({ status: 200, roundTrips: 1 })
  for (const [method, path, status, json] of [
    ['GET', '/user-details/', 200],
    ['GET', `/user/profile/${id}`, 200],
    ['PATCH', `/user/profile/${id}`, 200, { bio: 'Sits.' }],
    ['GET', '/session/', 200],
    ['POST', '/session/', 201, entry],
    ['GET', '/session/999999/', 404],
    ['PUT', '/session/999999/', 404, entry],
    ['DELETE', '/session/999999/', 404],
    ['GET', '/session/summary/', 200],
    ['GET', '/api/users/me/', 200],
    ['PATCH', '/api/users/me/', 200, { display_name: 'Somebody' }],
    ['PATCH', '/users/byId/', 200, { first_name: 'Some' }],
    ['GET', '/api/v1/user/sessions/', 200],
    ['DELETE', '/api/v1/user/sessions/', 200],
    ['GET', `/api/v1/user/${id}/`, 200],
    ['PATCH', `/api/v1/user/edit/${id}/`, 200, { age: 30, scenario: 2 }],
    ['PATCH', `/api/v1/user/edit/contact/${id}/`, 201, { name: 'Ann', phone: '112', relationship: 'sister' }],
    ['GET', `/api/v1/user/contacts/${id}/`, 200],
    ['DELETE', `/api/v1/user/contacts/${id}/999999/`, 404],
    ['PUT', `/api/v1/user/create/therapist/${id}/`, 201, { name: 'Dr. Hall', phone: '112', email: 'hall@example.com' }],
    ['PATCH', `/api/v1/user/edit/therapist/${id}/`, 200, { name: 'Dr. Hill' }],
    ['GET', '/api/v1/user/music/', 200],
    ['POST', `/api/v1/user/music/edit/${id}/`, 200, { music: 1 }],
    ['GET', '/api/v1/user/scenarios/', 200],
    ['GET', '/api/profile/', 200],
    ['PUT', '/api/profile/update/', 200, { bio: 'In for anything.' }],
    ['GET', '/api/users/', 200],
    ['GET', '/api/users/?search=some', 200],
    ['GET', `/api/users/${objectId}/`, 200],
    ['GET', '/api/plans', 200],
    ['GET', '/api/plans?friends=true&from=2025-01-01', 200],
    ['POST', '/api/plans/add', 201, planned],
    ['GET', `/api/plans/${nobody}`, 404],
    ['PUT', `/api/plans/${nobody}/edit`, 404, { title: 'Game Night' }],
    ['DELETE', `/api/plans/${nobody}/delete`, 404],
    ['GET', `/api/plans/${nobody}/calendar.ics`, 404],
    ['POST', `/api/friends/request/${nobody}/`, 404],
    ['POST', `/api/friends/respond/${nobody}/`, 404, { action: 'accept' }],
    ['GET', '/api/friends/', 200],
    ['DELETE', `/api/friends/remove/${nobody}/`, 404],
    ['POST', '/api/rsvp/add', 404, { plan_id: nobody }],
    ['GET', `/api/rsvp/plan/${nobody}`, 404],
    ['GET', '/api/rsvp/user', 200],
    ['DELETE', `/api/rsvp/${nobody}/delete`, 404],
    ['DELETE', `/api/rsvp/plan/${nobody}/delete`, 404],
    ['GET', '/api/calendar/', 200],
    ['POST', '/api/calendar/reset/', 200],
    ['GET', '/api/calendar.ics', 200],
    ['POST', '/user/logout/', 200],
  ] as const) {
    expect([method, path, await ask(method, path, token, json)]).toEqual([method, path, { status, roundTrips: 2 }])
  }
})

test('whoever is nobody costs one round trip, and whoever brings nothing none', async () => {
  const dead = await person()
  await ask('POST', '/user/logout/', dead.token)
  // Where nobody remembers that it was revoked it takes one: test/tokens/revocations.test.ts.
  expect(await ask('GET', '/session/', dead.token)).toEqual({ status: 401, roundTrips: 0 })
  expect(await ask('GET', '/session/')).toEqual({ status: 401, roundTrips: 0 })
  expect(await ask('GET', '/session/', 'Token nonsense')).toEqual({ status: 401, roundTrips: 0 })
  expect(await ask('GET', '/no-such-thing')).toEqual({ status: 404, roundTrips: 0 })
})

test('making an account is one round trip; a log-in reads once and writes once', async () => {
  const username = freshName()
  const account = { username, password: PASSWORD }
  expect(await ask('POST', '/register/', undefined, account)).toEqual({ status: 201, roundTrips: 1 })
  expect(await ask('POST', '/login/', undefined, account)).toEqual({ status: 200, roundTrips: 2 })
  expect(await ask('POST', '/api/sessions/', undefined, account)).toEqual({ status: 200, roundTrips: 2 })
  expect(await ask('POST', '/login/', undefined, { ...account, password: 'wrong password' })).toEqual({ status: 400, roundTrips: 2 })
  expect(await ask('POST', '/register/', undefined, account)).toEqual({ status: 400, roundTrips: 1 })
})

test('an account that an admin closes from within loses its credentials, so that opening it does not revive them', async () => {
  const admin = await personWith('is_admin')
  expect((await ask('PATCH', '/users/byId/', admin.token, { is_active: false })).status).toBe(200)
  await env.DB.prepare('UPDATE accounts SET is_active = 1 WHERE id = ?').bind(admin.id).run()
  expect((await ask('GET', '/session/', admin.token)).status).toBe(401)
})
