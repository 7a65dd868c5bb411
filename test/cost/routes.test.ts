import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { allContracts, contracts } from '../../src/app.ts'
import { consoleApi } from '../../src/console/index.ts'
import { needsCredential } from '../../src/http/routing/access.ts'
import { patternOf } from '../../src/http/routing/segment-router.ts'
import { personWithFormerJwt, personWithFormerToken } from '../support/former-credentials.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { member, staff } from './callers.ts'
import { CONSOLE } from './console.ts'
import { ERROR_RESPONSES } from './error-responses.ts'
import { FACILITY } from './facility.ts'
import { MATRIMONY_MEMBERS } from './matrimony-members.ts'
import { MATRIMONY_MESSAGES } from './matrimony-messages.ts'
import { MAX_ROUND_TRIPS, measure, once, type RequestInput, type Row, writes } from './measure.ts'
import { MEETUPS } from './meetups.ts'
import { MINDHARMONY } from './mindharmony.ts'
import { OWN_PATHS } from './own-paths.ts'
import { RECOVERY } from './recovery.ts'

/**
 * The number of D1 calls of every route: one, in which the check of the caller travels with the statements of the response, and
 * none if there is nothing to read. The tables in `cost/` list every route with its cost. A test fails if a cost grows, and also if it shrinks, so
 * that the tables stay correct. Calls to KV and Durable Objects are not counted.
 */

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  mindharmony: MINDHARMONY,
  facility: FACILITY,
  matrimony: [...MATRIMONY_MEMBERS, ...MATRIMONY_MESSAGES],
  recovery: RECOVERY,
  meetups: MEETUPS,
  console: CONSOLE,
  'pages and documents': OWN_PATHS,
}

const withTitles = (rows: readonly Row[]): [string, Row][] =>
  rows.map((row) => [`${row[0]} ${row[1]}${row[2].when === undefined ? '' : `, when ${row[2].when}`}`, row])

describe.each([...Object.entries(TABLES), ['error responses', ERROR_RESPONSES] as const])('%s', (_name, rows) => {
  test.each(withTitles(rows))('%s', async (_route, [method, path, { when: _when, reason, ...cost }, prepare]) => {
    const input = await prepare()
    expect(await measure(method, path, input)).toEqual(cost)
    // A row has a reason exactly if its cost exceeds the maximum.
    expect(reason !== undefined).toBe(cost.roundTrips > MAX_ROUND_TRIPS)
  })
})

const routeOf = (method: string, path: string): string => `${method} ${patternOf(path)}`
const allRows = Object.values(TABLES).flat()

test('the tables list every route, and nothing else', () => {
  const routes = allContracts.flatMap(({ routes }) => routes.map(({ method, path }) => routeOf(method, path)))
  expect([...new Set(allRows.map(([method, path]) => routeOf(method, path)))].sort()).toEqual(routes.sort())
  for (const [method, path] of ERROR_RESPONSES) expect(routes).toContain(routeOf(method, path))
})

const operations = [...contracts, consoleApi].flatMap(({ routes }) =>
  routes.map((route) => ({ method: route.method, path: route.path, quota: route.quota, guarded: needsCredential(route) })),
)
const guarded = operations.filter(({ guarded }) => guarded)

/** GET routes that change something outside D1. */
const CHANGES_ELSEWHERE = ['GET /api/v1/event/trigger/:id']
/** A handshake has a stricter rule of its own: a cookie counts for our own pages only. */
const HANDSHAKES = new Set(['GET /ws/chat/:user_id', 'GET /ws/chat/admin', 'GET /ws/admin'])

test('a GET route that writes is marked as one that changes something, and no other is', async () => {
  const marked = new Set(
    allContracts.flatMap(({ routes }) =>
      routes.filter(({ method, changesState }) => method === 'GET' && changesState).map(({ method, path }) => routeOf(method, path)),
    ),
  )
  const writing = new Set(CHANGES_ELSEWHERE)
  for (const [method, path, , prepare] of allRows) {
    if (method === 'GET' && !HANDSHAKES.has(routeOf(method, path)) && (await writes(method, path, await prepare())))
      writing.add(routeOf(method, path))
  }
  expect([...writing].sort()).toEqual([...marked].sort())
})

test('a request without a valid credential costs nothing, or only the authentication', async () => {
  const loggedOut = await person()
  await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(loggedOut.id).run()
  for (const { method, path, quota } of guarded) {
    const resultOf = async (as?: string) => {
      const { status, ...cost } = await measure(method, path.replaceAll(/\{\w+\}/g, '1'), as === undefined ? {} : { as })
      return [method, path, status < 300, cost] as const
    }
    expect(await resultOf()).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    expect(await resultOf('Token nonsense')).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    expect(await resultOf(`${loggedOut.token}x`)).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    const [, , isAnswered, { roundTrips, statements }] = await resultOf(loggedOut.token)
    expect([method, path, isAnswered, roundTrips]).toEqual([method, path, false, 1])
    // The check comes first; the statements that travel with it are not executed.
    expect(statements).toBeGreaterThanOrEqual(quota ? 2 : 1)
  }
})

test('an unknown path, an unknown method and OPTIONS cost nothing', async () => {
  const { token: as } = await member()
  expect(await measure('GET', '/no-such-thing', { as })).toEqual({ status: 404, roundTrips: 0, statements: 0 })
  for (const [method, path] of allRows) {
    const url = path.replaceAll(/\{\w+\}/g, '1')
    expect([method, path, await measure('PURGE', url, { as })]).toEqual([method, path, { status: 405, roundTrips: 0, statements: 0 }])
    expect([method, path, await measure('OPTIONS', url, { as })]).toEqual([method, path, { status: 204, roundTrips: 0, statements: 0 }])
  }
})

describe('any input', () => {
  let staffMember: Person

  beforeAll(async () => {
    staffMember = await staff()
  })

  /** A new person's credential, if the request ends the credential. */
  const credentialFor = async (path: string): Promise<string> =>
    (/logout|deactivate\/$|api\/sessions/.test(path) ? await person() : staffMember).token

  const listedMaximum = (method: string, path: string): number =>
    Math.max(...allRows.filter((row) => row[0] === method && row[1] === path).map(([, , { roundTrips }]) => roundTrips))

  const INVALID = {
    username: 'x',
    email: 'x',
    password: 'x',
    phone_number: 'x',
    subscription_plan: 999999,
    Caste: ['x'],
    music: 'x',
    type: 'x',
  }

  test.each([
    ['an empty body and unknown ids', '999999', {}],
    ['invalid fields', 'a'.repeat(24), INVALID],
  ])('%s: no route costs more than the maximum', async (_input, id, json) => {
    for (const { method, path, guarded } of operations) {
      const as = guarded ? await credentialFor(path) : undefined
      const input = { ...(as !== undefined && { as }), ...(method !== 'GET' && { json }) }
      const { roundTrips } = await measure(method, path.replaceAll(/\{\w+\}/g, id), input)
      expect.soft(roundTrips, `${method} ${path}`).toBeLessThanOrEqual(Math.max(MAX_ROUND_TRIPS, listedMaximum(method, path)))
    }
  })
})

test('the first request of a day stores the last-seen day of the credential, after the response', async () => {
  const { id, token: as } = await person()
  await env.DB.prepare("UPDATE credentials SET last_seen_day = '2020-01-01' WHERE account_id = ?").bind(id).run()
  expect(await measure('GET', '/session/', { as })).toEqual({ status: 200, roundTrips: 2, statements: 3 })
  expect(await measure('GET', '/session/', { as })).toEqual({ status: 200, roundTrips: 1, statements: 2 })
})

test('an isolate that does not know the flags of an account needs one more round trip, once', async () => {
  const { token: as } = await personWith('is_staff')
  expect(await measure('GET', '/users/byId/', { as })).toEqual({ status: 200, roundTrips: 2, statements: 2 })
  expect(await measure('GET', '/users/byId/', { as })).toEqual({ status: 200, roundTrips: 1, statements: 1 })
})

test('four of five authenticated routes need one round trip', () => {
  const authenticated = new Set(guarded.map(({ method, path }) => routeOf(method, path)))
  const rows = allRows.filter(([method, path]) => authenticated.has(routeOf(method, path)))
  const costly = new Set(rows.filter(([, , { roundTrips }]) => roundTrips > 1).map(([method, path]) => routeOf(method, path)))
  expect(costly.size / authenticated.size).toBeLessThan(0.2)
})

/** Everything that is stored in D1, by table. */
const everything = async () => {
  const { results: tables } = await env.DB.prepare(
    "SELECT t.name, group_concat('quote(' || c.name || ')', ',') AS columns FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_%' ESCAPE '\\' AND t.name NOT LIKE 'd1%' GROUP BY t.name",
  ).all<{ name: string; columns: string }>()
  const dumps = await env.DB.batch<{ dump: string }>(
    tables.map(({ name, columns }) => env.DB.prepare(`SELECT group_concat(concat_ws(',', ${columns})) AS dump FROM ${name}`)),
  )
  return Object.fromEntries(dumps.map(({ results }, index) => [tables[index]?.name, results]))
}

/** Requests that their callers would be allowed. Prepared once: a request that is refused leaves them as they are. */
const successfulRequests = once(async () => {
  const authenticated = new Set(guarded.map(({ method, path }) => routeOf(method, path)))
  const requests: { readonly method: string; readonly path: string; readonly input: RequestInput }[] = []
  for (const [method, path, { status }, prepare] of allRows) {
    if (status >= 300 || !authenticated.has(routeOf(method, path))) continue
    const input = await prepare()
    if (input.as !== undefined) requests.push({ method, path, input })
  }
  return requests
})

const DEAD = 'DELETE FROM credentials WHERE account_id = ?'
const CLOSED = 'UPDATE accounts SET is_active = 0 WHERE id = ?'

test.each([
  ['a dead credential', person, DEAD],
  ['a credential of a closed account', person, CLOSED],
  ['a dead token of a former server', personWithFormerToken, DEAD],
  ['a token of a former server, of a closed account', personWithFormerToken, CLOSED],
  ['a dead JWT of a former server', personWithFormerJwt, DEAD],
  ['a JWT of a former server, of a closed account', personWithFormerJwt, CLOSED],
])('with %s, no request writes or shows anything', async (_case, create, statement) => {
  const excluded = await create()
  // The isolate caches what it has read of a credential.
  expect((await measure('GET', '/session/', { as: excluded.token })).status).toBe(200)
  await env.DB.prepare(statement).bind(excluded.id).run()
  const requests = await successfulRequests()
  const before = await everything()
  for (const { method, path, input } of requests) {
    const refused = await measure(method, path, { ...input, as: excluded.token })
    // The log-out of one contract answers a closed account with 400.
    expect([method, path, [400, 401].includes(refused.status)]).toEqual([method, path, true])
  }
  expect(requests.length).toBeGreaterThan(100)
  expect(await everything()).toEqual(before)
})

test.each([
  ['token', personWithFormerToken],
  ['JWT', personWithFormerJwt],
])('the first request with a %s of a former server in an isolate needs one more round trip, to find its account', async (_kind, create) => {
  const { token: as } = await create()
  expect(await measure('GET', '/users/byId/', { as })).toEqual({ status: 200, roundTrips: 2, statements: 2 })
  expect(await measure('GET', '/users/byId/', { as })).toEqual({ status: 200, roundTrips: 1, statements: 1 })
})

test('after a log-out, a request with the same token is rejected and costs one round trip at most', async () => {
  const { token: as } = await person()
  expect((await measure('POST', '/user/logout/', { as })).status).toBe(200)
  const again = await measure('GET', '/session/', { as })
  expect(again.status).toBe(401)
  expect(again.roundTrips).toBeLessThanOrEqual(1)
})
