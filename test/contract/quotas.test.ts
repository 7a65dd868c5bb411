import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import securityDocument from '../../docs/security.md?raw'
import { contracts } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { needsCredential } from '../../src/http/routing/access.ts'
import { QUOTAS } from '../../src/model/quotas.ts'
import { accountRoutes } from '../../src/site/account.ts'
import { call, ORIGIN, readResponse } from '../support/call.ts'
import { person } from '../support/people.ts'
import { handleWith } from '../support/worker-context.ts'

const ownData = { name: 'site', routes: accountRoutes }
const routes = [...contracts, ownData].flatMap((contract) => contract.routes.map((route) => ({ ...route, contract: contract.name })))

/** Changing routes without a quota. They create no rows and no objects, or have a limit of their own. */
const WITHOUT_QUOTA: Readonly<Record<string, string>> = {
  'PUT /session/{id}/': 'changes one row of the caller',
  'PATCH /session/{id}/': 'changes one row of the caller',
  'PUT /user/profile/{id}': 'changes one row',
  'PATCH /user/profile/{id}': 'changes one row',
  'PATCH /users/deactivate/': 'closes the account',
  'PUT /users/deactivate/': 'closes the account',
  'PATCH /users/deactivateuser/{id}': 'changes one row',
  'PUT /subscription/update/{id}': 'changes one row',
  'PATCH /subscription/update/{id}': 'changes one row',
  'PUT /api/plans/{plan_id}/edit': 'changes one row of the caller',
  'PATCH /api/plans/{plan_id}/edit': 'changes one row of the caller',
  'POST /api/friends/respond/{request_id}/': 'changes one row',
  'PATCH /api/v1/user/edit/{id}/': 'changes one row',
  'PATCH /api/v1/user/edit/therapist/{id}/': 'changes one row of the caller',
  'POST /api/v1/user/music/edit/{id}/': 'changes one row of the caller',
  'POST /api/plans/{plan_id}/undismiss': 'deletes a row',
  'POST /user/logout/': 'ends a credential',
  'POST /users/logout/': 'ends a credential',
  'POST /api/v1/user/logout/': 'ends a credential',
  'GET /api/v1/event/trigger/{id}/': 'at most twenty alarms an hour',
  'POST /api/v1/event/trigger/{id}/': 'at most twenty alarms an hour',
  'POST /api/v1/event/alarms/{id}/{alarm_id}/ack/': 'changes one alarm',
  'POST /account/erase': 'deletes the account',
  'GET /message/getnewmessages': 'marks as read',
  'GET /message/messagebyreceiver/': 'marks as read',
  'GET /message/viewmatch/': 'marks as read',
  'GET /message/newsubscription/': 'marks as read',
}

describe('every route that changes something for an account', () => {
  const changing = routes.filter((route) => route.changesState && needsCredential(route) && route.method !== 'DELETE')

  test('has a quota, or a reason for having none', () => {
    const withoutQuota = changing.filter(({ quota }) => quota === null).map(({ method, path }) => `${method} ${path}`)
    expect(withoutQuota.sort()).toEqual(Object.keys(WITHOUT_QUOTA).sort())
  })

  test('stands in docs/security.md with its quota', () => {
    const rows = [...securityDocument.matchAll(/^\| `([A-Z]+ \/[^`]*)` \| ([\w-]+) \| ([\d,]+) \|$/gm)].map(([, ...row]) => row.join(' '))
    const expected = routes.flatMap(({ method, path, quota }) => (quota ? [`${method} ${path} ${quota.name} ${quota.perDay}`] : []))
    expect(rows.map((row) => row.replaceAll(',', '')).sort()).toEqual(expected.sort())
  })

  test('no two quotas have one name', () => {
    const names = Object.values(QUOTAS).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

const usesOf = (accountId: number, quota: string): Promise<number | null> =>
  env.DB.prepare('SELECT uses FROM quota_uses WHERE account_id = ? AND quota = ?').bind(accountId, quota).first<number>('uses')

const setUses = (accountId: number, { name, perDay }: { name: string; perDay: number }, left: number) =>
  env.DB.prepare("INSERT OR REPLACE INTO quota_uses (account_id, quota, day, uses) VALUES (?, ?, date('now'), ?)")
    .bind(accountId, name, perDay - left)
    .run()

const addPlan = (as: string) =>
  call('POST', '/api/plans/add', {
    as,
    json: {
      title: 'Picnic',
      location: { name: 'Park', address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' },
      end_time: '2099-01-01T00:00:00Z',
    },
  })

describe('a used-up quota', () => {
  test('is a 429 that names the time until the next day, and creates nothing', async () => {
    const { id, token } = await person()
    await setUses(id, QUOTAS.plans, 1)
    expect((await addPlan(token)).status).toBe(201)
    const response = await addPlan(token)
    expect(response.status).toBe(429)
    const seconds = Number(response.headers.get('Retry-After'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(24 * 60 * 60)
    expect(response.json).toEqual({ detail: `Request was throttled. Expected available in ${seconds} seconds.` })
    expect(await env.DB.prepare('SELECT count(*) AS n FROM plans WHERE creator_id = ?').bind(id).first('n')).toBe(1)
    // Other routes and other accounts are not concerned.
    expect((await call('GET', '/api/plans', { as: token })).status).toBe(200)
    expect((await addPlan((await person()).token)).status).toBe(201)
  })

  test('holds for concurrent requests', async () => {
    const { id, token } = await person()
    await setUses(id, QUOTAS.plans, 3)
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => addPlan(token)))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201).length).toBe(3)
    expect(statuses.filter((status) => status === 429).length).toBe(7)
  })

  test('is free again on the next day', async () => {
    const { id, token } = await person()
    await setUses(id, QUOTAS.preferences, 0)
    const tomorrow = Date.now() + 24 * 60 * 60 * 1000
    const send = async (now: number) => {
      const headers = { Authorization: token, 'Content-Type': 'application/json' }
      const request = new Request(new URL('/preference/', ORIGIN), { method: 'POST', headers, body: '{}' })
      return readResponse(await handleWith(request, { ...createContext(env, { waitUntil: () => undefined }), now: () => now }))
    }
    expect((await send(Date.now())).status).toBe(429)
    expect((await send(tomorrow)).status).toBe(201)
    expect(await usesOf(id, 'preferences')).toBe(1)
  })

  test('also limits how often the response tells whether an e-mail address is taken', async () => {
    const [{ id, token }, other] = [await person(), await person()]
    await setUses(id, QUOTAS.accountChanges, 1)
    const ask = () => call('PATCH', '/users/byId/', { as: token, json: { email: other.email } })
    expect((await ask()).status).toBe(400)
    expect((await ask()).status).toBe(429)
  })
})

describe('a request is not counted', () => {
  test('with a dead credential or of a closed account', async () => {
    const someone = await person()
    await call('POST', '/user/logout/', { as: someone.token })
    expect((await addPlan(someone.token)).status).toBe(401)
    expect(await usesOf(someone.id, 'plans')).toBeNull()

    const closed = await person()
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(closed.id).run()
    expect((await addPlan(closed.token)).status).toBe(401)
    expect(await usesOf(closed.id, 'plans')).toBeNull()
  })
})
