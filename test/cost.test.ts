import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { contracts, owners } from '../src/app.ts'
import { consoleApi } from '../src/console/index.ts'
import { contractOf } from '../src/http/dialect.ts'
import { needsCredential } from '../src/http/openapi.ts'
import { patternOf } from '../src/http/paths.ts'
import { allowanceOf, ask, type Row } from './cost/ask.ts'
import { somebody, staff } from './cost/cast.ts'
import { CONSOLE } from './cost/console.ts'
import { FACILITY } from './cost/facility.ts'
import { MATRIMONY_MEMBERS } from './cost/matrimony-members.ts'
import { MATRIMONY_MESSAGES } from './cost/matrimony-messages.ts'
import { MEETUPS } from './cost/meetups.ts'
import { MINDHARMONY } from './cost/mindharmony.ts'
import { OWN_PATHS } from './cost/own-paths.ts'
import { RECOVERY } from './cost/recovery.ts'
import { REFUSALS } from './cost/refusals.ts'
import { type Person, person } from './support/people.ts'

/**
 * What every route asks of the database: once to know who calls, once to answer, and not where there is nothing to read.
 * The lists in `cost/` name every route with its count. One that grows fails here; so does one that shrinks, to be written
 * down. What KV and the objects are asked is not counted.
 */

const LISTS: Readonly<Record<string, readonly Row[]>> = {
  mindharmony: MINDHARMONY,
  facility: FACILITY,
  matrimony: [...MATRIMONY_MEMBERS, ...MATRIMONY_MESSAGES],
  recovery: RECOVERY,
  meetups: MEETUPS,
  console: CONSOLE,
  'our own paths': OWN_PATHS,
}

const named = (rows: readonly Row[]): [string, Row][] =>
  rows.map((row) => [`${row[0]} ${row[1]}${row[2].when === undefined ? '' : `, when ${row[2].when}`}`, row])

describe.each([...Object.entries(LISTS), ['what is refused', REFUSALS] as const])('%s', (_name, rows) => {
  test.each(named(rows))('%s', async (_route, [method, path, { when: _when, because, ...cost }, request]) => {
    const given = await request()
    expect(await ask(method, path, given)).toEqual(cost)
    // Whatever takes more errorResponse why, and nothing else does.
    expect(because !== undefined).toBe(cost.roundTrips > allowanceOf(given))
  })
})

const routeOf = (method: string, path: string): string => `${method} ${patternOf(path)}`
const listed = Object.values(LISTS).flat()

test('every route is listed, and nothing else is', () => {
  const there = owners.flatMap(({ routes }) => routes.map(({ method, pattern }) => `${method} ${pattern}`))
  expect([...new Set(listed.map(([method, path]) => routeOf(method, path)))].sort()).toEqual(there.sort())
  for (const [method, path] of REFUSALS) expect(there).toContain(routeOf(method, path))
})

const operations = [...contracts, contractOf(consoleApi)].flatMap(({ documented }) =>
  documented.map((route) => ({ method: route.method.toUpperCase(), path: route.path, guarded: needsCredential(route) })),
)
const guarded = operations.filter(({ guarded }) => guarded)

test('whoever is nobody costs nothing, or the question who they are', async () => {
  const dead = await person()
  await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(dead.id).run()
  for (const { method, path } of guarded) {
    const asked = async (as?: string) => {
      const { status, ...cost } = await ask(method, path.replaceAll(/\{\w+\}/g, '1'), as === undefined ? {} : { as })
      return [method, path, status < 300, cost]
    }
    expect(await asked()).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    expect(await asked('Token nonsense')).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    expect(await asked(`${dead.token}x`)).toEqual([method, path, false, { roundTrips: 0, statements: 0 }])
    expect(await asked(dead.token)).toEqual([method, path, false, { roundTrips: 1, statements: 1 }])
  }
})

test('a path that is not there, a method that it has not, and the question which it has, cost nothing', async () => {
  const { token: as } = await somebody()
  expect(await ask('GET', '/no-such-thing', { as })).toEqual({ status: 404, roundTrips: 0, statements: 0 })
  for (const [method, path] of listed) {
    const anywhere = path.replaceAll(/\{\w+\}/g, '1')
    expect([method, path, await ask('PURGE', anywhere, { as })]).toEqual([method, path, { status: 405, roundTrips: 0, statements: 0 }])
    expect([method, path, await ask('OPTIONS', anywhere, { as })]).toEqual([method, path, { status: 204, roundTrips: 0, statements: 0 }])
  }
})

describe('whatever is sent', () => {
  let member: Person

  beforeAll(async () => {
    member = await staff()
  })

  /** Of a caller who is not needed any more, where the request ends what it was made with. */
  const credentialFor = async (path: string): Promise<string> =>
    (/logout|deactivate\/$|api\/sessions/.test(path) ? await person() : member).token

  const most = (method: string, path: string): number =>
    Math.max(...listed.filter((row) => row[0] === method && row[1] === path).map(([, , { roundTrips }]) => roundTrips))

  const WRONG = {
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
    ['nothing, about nobody', '999999', {}],
    ['all that is wrong', 'a'.repeat(24), WRONG],
  ])('%s: no route asks more than it is allowed', async (_what, id, json) => {
    for (const { method, path, guarded } of operations) {
      const as = guarded ? await credentialFor(path) : undefined
      const given = { ...(as !== undefined && { as }), ...(method !== 'GET' && { json }) }
      const { roundTrips } = await ask(method, path.replaceAll(/\{\w+\}/g, id), given)
      expect.soft(roundTrips, `${method} ${path}`).toBeLessThanOrEqual(Math.max(allowanceOf(given), most(method, path)))
    }
  })
})

test('the first request of a day notes that the credential is used, after the answer', async () => {
  const { id, token: as } = await person()
  await env.DB.prepare("UPDATE credentials SET last_seen_day = '2020-01-01' WHERE account_id = ?").bind(id).run()
  expect(await ask('GET', '/session/', { as })).toEqual({ status: 200, roundTrips: 3, statements: 3 })
  expect(await ask('GET', '/session/', { as })).toEqual({ status: 200, roundTrips: 2, statements: 2 })
})

test('a log-out is known where it was said, and costs no more to be told again', async () => {
  const { token: as } = await person()
  expect((await ask('POST', '/user/logout/', { as })).status).toBe(200)
  const again = await ask('GET', '/session/', { as })
  expect(again.status).toBe(401)
  expect(again.roundTrips).toBeLessThanOrEqual(1)
})
