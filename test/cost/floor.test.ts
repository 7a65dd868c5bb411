import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { origin } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { createStore } from '../../src/store/store.ts'
import { floor } from '../bench/sides/floor.ts'
import { call, ORIGIN, textAt } from '../support/call.ts'
import { subscribe, plan as subscriptionPlan } from '../support/matrimony.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'
import { queriesOf } from '../support/queries.ts'

/** The benchmark's floor is only one if it does the same: it asks the database the same, and answers the same. */

const SECRET = String(env.JWT_SECRET)

/** What both ask of everybody who brings a token. */
const WHO = 'from "accounts" left join "credentials"'

interface Asked {
  readonly path: string
  readonly token?: string
  readonly json?: object
}

const requestOf = ({ path, token, json }: Asked): Request =>
  new Request(new URL(path, ORIGIN), {
    method: json === undefined ? 'GET' : 'POST',
    headers: { ...(token && { Authorization: token }), ...(json && { 'Content-Type': 'application/json' }) },
    ...(json && { body: JSON.stringify(json) }),
  })

/** The answer, and the texts of what was asked of D1 for it. */
const watch = async (answer: (database: D1Database) => Promise<Response>) => {
  let response: Response | undefined
  const queries = await queriesOf(async (database) => {
    response = await answer(database)
  })
  if (!response) throw new Error('no answer')
  const text = await response.text()
  return {
    status: response.status,
    link: response.headers.get('Link'),
    text,
    asked: queries.map(({ sql }) => sql).filter((sql) => !sql.includes(WHO)),
  }
}

const both = async (ours: Asked, theirs: Asked = ours) => ({
  ours: await watch((database) =>
    origin(requestOf(ours), { ...createContext(env, { waitUntil: () => undefined }), store: createStore(database) }),
  ),
  floor: await watch((database) => floor(requestOf(theirs), { ...env, DB: database, JWT_SECRET: SECRET }, { waitUntil: () => undefined })),
})

/** With what is new in each answer (ids, times, tokens) made the same. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(/"[0-9a-f]{24}"/g, '"an id"')
    .replaceAll(/"eyJ[^"]+"/g, '"a token"')
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[^"]+"/g, '"a time"')
    .replaceAll(/"(?:floor|ours)[^"]*"/g, '"a name"')
    .replaceAll(/"id":\d+/g, '"id":0')

const someone = await person()
const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const planned = { title: 'Game Night', location, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' }
const newPlan = async () => textAt(await call('POST', '/api/plans/add', { as: someone.token, json: planned }), 'id')
for (let n = 0; n < 3; n++) {
  await newPlan()
  await call('POST', '/session/', { as: someone.token, json: { name: 'Sit', date: '2026-11-20', duration: 5 } })
  await call('POST', `/api/friends/request/${(await person()).objectId}/`, { as: someone.token })
}

test.each([
  '/user-details/',
  '/api/users/me/',
  '/users/byId/',
  `/api/v1/user/${someone.id}/`,
  '/api/profile/',
  '/session/?limit=2',
  '/api/plans?limit=2',
  '/api/friends/?limit=2',
  '/api/users/?limit=2',
])('GET %s', async (path) => {
  const { ours, floor: least } = await both({ path, token: someone.token })
  expect(ours.status).toBe(200)
  expect(least).toEqual(ours)
})

test('POST /api/rsvp/add', async () => {
  const [first, second] = [await newPlan(), await newPlan()]
  const asked = (plan_id: string) => ({ path: '/api/rsvp/add', token: someone.token, json: { plan_id } })
  const { ours, floor: least } = await both(asked(first), asked(second))
  expect([least.status, shapeOf(least.text), least.asked]).toEqual([201, shapeOf(ours.text), ours.asked])
})

test('POST /message/', async () => {
  await subscribe(someone, await subscriptionPlan('unlimited'))
  const json = { receiver_id: (await person()).id, content: 'Hello!' }
  const { ours, floor: least } = await both({ path: '/message/', token: someone.token, json })
  expect(least).toEqual(ours)
  expect(least.status).toBe(201)
})

test('POST /api/token/refresh/', async () => {
  const json = { username: someone.username, password: PASSWORD }
  const refresh = textAt(await call('POST', '/api/token/', { json }), 'refresh')
  const { ours, floor: least } = await both({ path: '/api/token/refresh/', json: { refresh } })
  expect([least.status, shapeOf(least.text), least.asked]).toEqual([200, shapeOf(ours.text), ours.asked])
})

test('POST /user/logout/', async () => {
  const asked = async () => ({ path: '/user/logout/', token: (await person()).token, json: {} })
  const { ours, floor: least } = await both(await asked(), await asked())
  expect(least).toEqual(ours)
})

test('POST /register/ and /login/', async () => {
  const account = (name: string) => ({ username: name, email: `${name}@example.com`, password: PASSWORD })
  const [mine, theirs] = [account(freshName('ours')), account(freshName('floor'))]
  const made = await both({ path: '/register/', json: mine }, { path: '/register/', json: theirs })
  expect([made.floor.status, shapeOf(made.floor.text), made.floor.asked]).toEqual([201, shapeOf(made.ours.text), made.ours.asked])
  // Each lets in whom the other has registered.
  const known = await both({ path: '/login/', json: theirs }, { path: '/login/', json: mine })
  expect([known.floor.status, shapeOf(known.floor.text), known.floor.asked]).toEqual([200, shapeOf(known.ours.text), known.ours.asked])
})

test('who brings nothing, or what is dead, opens nothing there either', async () => {
  const dead = await person()
  await call('POST', '/user/logout/', { as: dead.token })
  for (const token of ['', 'Token nonsense.of.mine', dead.token]) {
    expect(
      (await floor(requestOf({ path: '/user-details/', token }), { ...env, JWT_SECRET: SECRET }, { waitUntil: () => undefined })).status,
    ).toBe(401)
  }
})
