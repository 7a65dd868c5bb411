import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { createStore } from '../../src/store/store.ts'
import { createPasswords } from '../../src/tokens/passwords.ts'
import { serveBaseline } from '../bench/servers/baseline.ts'
import { newArgon2 } from '../support/argon2.ts'
import { call, ORIGIN, textAt } from '../support/call.ts'
import { queriesOf } from '../support/explain.ts'
import { subscribe, plan as subscriptionPlan } from '../support/matrimony.ts'
import { newSha256 } from '../support/pbkdf2.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'
import { handleWith } from '../support/worker-context.ts'

/** The benchmark's baseline is only valid if it does the same work: the same D1 statements and the same responses. */

const SECRET = String(env.JWT_SECRET)

interface RequestInput {
  readonly path: string
  readonly token?: string
  readonly json?: object
}

const requestOf = ({ path, token, json }: RequestInput): Request =>
  new Request(new URL(path, ORIGIN), {
    method: json === undefined ? 'GET' : 'POST',
    headers: { ...(token && { Authorization: token }), ...(json && { 'Content-Type': 'application/json' }) },
    ...(json && { body: JSON.stringify(json) }),
  })

/** The response, and the SQL texts of the D1 statements. The two bind those of one batch in a different order. */
const record = async (respond: (database: D1Database) => Promise<Response>) => {
  let response: Response | undefined
  const queries = await queriesOf(async (database) => {
    response = await respond(database)
  })
  if (!response) throw new Error('no response')
  const text = await response.text()
  return {
    status: response.status,
    link: response.headers.get('Link'),
    text,
    statements: queries.map(({ sql }) => sql).sort(),
  }
}

/** Hashes of full strength, like those of the baseline: each must verify the hashes that the other one has stored. */
const passwords = createPasswords({ argon2: newArgon2(), sha256: newSha256() }, 10_000)

const recordBoth = async (ours: RequestInput, theirs: RequestInput = ours) => ({
  ours: await record((database) =>
    handleWith(requestOf(ours), { ...createContext(env, { waitUntil: () => undefined }), store: createStore(database), passwords }),
  ),
  baseline: await record((database) =>
    serveBaseline(requestOf(theirs), { ...env, DB: database, JWT_SECRET: SECRET }, { waitUntil: () => undefined }),
  ),
})

/** The text with all values that differ between responses (ids, times, tokens) replaced by placeholders. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(/"[0-9a-f]{24}"/g, '"an id"')
    .replaceAll(/"eyJ[^"]+"/g, '"a token"')
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[^"]+"/g, '"a time"')
    .replaceAll(/"(?:baseline|ours)[^"]*"/g, '"a name"')
    .replaceAll(/"id":\d+/g, '"id":0')

const someone = await person()
const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const planInput = { title: 'Game Night', location, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' }
const newPlan = async () => textAt(await call('POST', '/api/plans/add', { as: someone.token, json: planInput }), 'id')
for (let n = 0; n < 3; n++) {
  await newPlan()
  await call('POST', '/session/', { as: someone.token, json: { name: 'Breathing', date: '2026-11-20', duration: 5 } })
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
  const { ours, baseline } = await recordBoth({ path, token: someone.token })
  expect(ours.status).toBe(200)
  expect(baseline).toEqual(ours)
})

test('POST /api/rsvp/add', async () => {
  const [first, second] = [await newPlan(), await newPlan()]
  const inputFor = (plan_id: string) => ({ path: '/api/rsvp/add', token: someone.token, json: { plan_id } })
  const { ours, baseline } = await recordBoth(inputFor(first), inputFor(second))
  expect([baseline.status, shapeOf(baseline.text), baseline.statements]).toEqual([201, shapeOf(ours.text), ours.statements])
})

test('POST /message/', async () => {
  await subscribe(someone, await subscriptionPlan('unlimited'))
  const json = { receiver_id: (await person()).id, content: 'Hello!' }
  const { ours, baseline } = await recordBoth({ path: '/message/', token: someone.token, json })
  expect(baseline).toEqual(ours)
  expect(baseline.status).toBe(201)
})

test('POST /api/token/refresh/', async () => {
  const json = { username: someone.username, password: PASSWORD }
  const refresh = textAt(await call('POST', '/api/token/', { json }), 'refresh')
  const { ours, baseline } = await recordBoth({ path: '/api/token/refresh/', json: { refresh } })
  expect([baseline.status, shapeOf(baseline.text), baseline.statements]).toEqual([200, shapeOf(ours.text), ours.statements])
})

test('POST /user/logout/', async () => {
  const newInput = async () => ({ path: '/user/logout/', token: (await person()).token, json: {} })
  const { ours, baseline } = await recordBoth(await newInput(), await newInput())
  expect(baseline).toEqual(ours)
})

test('POST /register/ and /login/', async () => {
  const account = (name: string) => ({ username: name, email: `${name}@example.com`, password: PASSWORD })
  const [mine, theirs] = [account(freshName('ours')), account(freshName('baseline'))]
  const registered = await recordBoth({ path: '/register/', json: mine }, { path: '/register/', json: theirs })
  expect([registered.baseline.status, shapeOf(registered.baseline.text), registered.baseline.statements]).toEqual([
    201,
    shapeOf(registered.ours.text),
    registered.ours.statements,
  ])
  // Each logs in the account that the other one has registered.
  const loggedIn = await recordBoth({ path: '/login/', json: theirs }, { path: '/login/', json: mine })
  expect([loggedIn.baseline.status, shapeOf(loggedIn.baseline.text), loggedIn.baseline.statements]).toEqual([
    200,
    shapeOf(loggedIn.ours.text),
    loggedIn.ours.statements,
  ])
})

test('the baseline, too, rejects missing, invalid and revoked tokens', async () => {
  const loggedOut = await person()
  await call('POST', '/user/logout/', { as: loggedOut.token })
  for (const token of ['', 'Token nonsense.of.mine', loggedOut.token]) {
    expect(
      (await serveBaseline(requestOf({ path: '/user-details/', token }), { ...env, JWT_SECRET: SECRET }, { waitUntil: () => undefined }))
        .status,
    ).toBe(401)
  }
})
