import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { WebPush } from '../../src/providers/carrier.ts'
import { saveSubscription } from '../../src/store/push-subscriptions.ts'
import { createStore } from '../../src/store/store.ts'
import { call, ORIGIN, readResponse, type TestResponse } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { pushService } from '../support/push-service.ts'
import { handleWith } from '../support/worker-context.ts'

const PATH = '/console/api/push/'

const request = async (
  push: WebPush | null,
  method: string,
  as: Person,
  { path = PATH, json }: { path?: string; json?: object } = {},
): Promise<TestResponse> =>
  readResponse(
    await handleWith(
      new Request(`${ORIGIN}${path}`, {
        method,
        headers: { Authorization: as.token, 'Content-Type': 'application/json' },
        ...(json && { body: JSON.stringify(json) }),
      }),
      { ...createContext(env, { waitUntil: () => undefined }), push },
    ),
  )

const endpointsOf = async ({ id }: Person): Promise<unknown[]> =>
  (await env.DB.prepare('SELECT endpoint FROM push_subscriptions WHERE account_id = ? ORDER BY id').bind(id).all()).results.map(
    ({ endpoint }) => endpoint,
  )

const endpoint = (path: string) => `https://push.example${path}`

describe('a device', () => {
  test('belongs to the log-in that added it, and ends with it', async () => {
    const [{ push, device }, staff] = [pushService(), await personWith('is_staff')]
    expect((await request(push, 'POST', staff, { json: device('/a') })).status).toBe(204)
    expect(await endpointsOf(staff)).toEqual([endpoint('/a')])
    await call('POST', '/user/logout/', { as: staff.token })
    expect(await endpointsOf(staff)).toEqual([])
  })

  test('is stored once, and belongs to whoever added it last', async () => {
    const [{ push, device }, ann, bob] = [pushService(), await personWith('is_staff'), await personWith('is_admin')]
    const json = device('/shared')
    const results = await Promise.all([ann, bob, ann, bob].map((staff) => request(push, 'POST', staff, { json })))
    expect(results.map(({ status }) => status)).toEqual([204, 204, 204, 204])
    expect([...(await endpointsOf(ann)), ...(await endpointsOf(bob))]).toEqual([endpoint('/shared')])
    await request(push, 'POST', bob, { json })
    expect([await endpointsOf(ann), await endpointsOf(bob)]).toEqual([[], [endpoint('/shared')]])
    await request(push, 'DELETE', ann, { json: { endpoint: json.endpoint } })
    expect(await endpointsOf(bob)).toEqual([endpoint('/shared')])
    expect((await request(push, 'DELETE', bob, { json: { endpoint: json.endpoint } })).status).toBe(204)
    expect(await endpointsOf(bob)).toEqual([])
  })

  test('is one of ten: the oldest is forgotten, also for simultaneous ones', async () => {
    const [{ push, device }, staff] = [pushService(), await personWith('is_staff')]
    await request(push, 'POST', staff, { json: device('/first') })
    await Promise.all(Array.from({ length: 14 }, (_, n) => request(push, 'POST', staff, { json: device(`/${n}`) })))
    await request(push, 'POST', staff, { json: device('/last') })
    const endpoints = await endpointsOf(staff)
    expect(endpoints).toHaveLength(10)
    expect(endpoints).not.toContain(endpoint('/first'))
    expect(endpoints.at(-1)).toBe(endpoint('/last'))
  })

  test('is not stored for a credential that was revoked in the meantime', async () => {
    const staff = await personWith('is_staff')
    const subscription = { ...pushService().device('/a'), accountId: staff.id, credentialId: 'f'.repeat(32), createdAt: 0 }
    expect(await saveSubscription(createStore(env.DB), subscription, 10)).toBe(false)
    expect(await endpointsOf(staff)).toEqual([])
  })

  test.each([
    ['of another push service', { endpoint: 'https://10.0.0.1/x' }],
    ['without TLS', { endpoint: 'http://push.example/x' }],
    ['with a key that is none', { p256dh: 'AAAA' }],
    ['with a secret that is none', { auth: 'AAAA' }],
  ])('%s is refused', async (_what, changed) => {
    const [{ push, device }, staff] = [pushService(), await personWith('is_staff')]
    const response = await request(push, 'POST', staff, { json: { ...device('/a'), ...changed } })
    expect([response.status, response.json]).toEqual([400, { detail: 'The push service of this browser is not supported.' }])
    expect(await endpointsOf(staff)).toEqual([])
  })
})

test('a test goes to the devices of the caller only, and says how many have got it', async () => {
  const [{ push, device, statuses, paths }, ann, bob] = [pushService(), await personWith('is_staff'), await personWith('is_staff')]
  for (const path of ['/ann-1', '/ann-2', '/ann-gone']) await request(push, 'POST', ann, { json: device(path) })
  await request(push, 'POST', bob, { json: device('/bob') })
  statuses.set('/ann-gone', 410)
  const response = await request(push, 'POST', ann, { path: `${PATH}test/` })
  expect([response.status, response.json]).toEqual([200, { sent: 2 }])
  expect(paths()).toEqual(['/ann-1', '/ann-2'])
  expect(await endpointsOf(ann)).toEqual([endpoint('/ann-1'), endpoint('/ann-2')])
})

test('the key is for staff; without one there are no devices', async () => {
  const [{ push, device }, staff, sam] = [pushService(), await personWith('is_staff'), await person('sam')]
  expect((await request(push, 'GET', staff)).json).toEqual({ public_key: push.publicKey })
  expect((await request(null, 'GET', staff)).json).toEqual({ public_key: null })
  expect((await request(null, 'POST', staff, { json: device('/a') })).status).toBe(404)
  expect((await request(null, 'POST', staff, { path: `${PATH}test/` })).status).toBe(404)
  for (const method of ['GET', 'POST', 'DELETE']) {
    const json = method === 'GET' ? {} : { json: device('/a') }
    expect((await request(push, method, sam, json)).status).toBe(403)
  }
  expect((await call('GET', PATH)).status).toBe(401)
})
