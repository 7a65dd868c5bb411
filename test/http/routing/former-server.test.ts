import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { handleRequest } from '../../../src/app.ts'
import type { Context } from '../../../src/domain/context.ts'
import { type NotForwarded, parseUpstream, type Upstreams } from '../../../src/model/upstream.ts'
import { createSockets } from '../../../src/rpc/sockets.ts'
import { person } from '../../support/people.ts'
import { withWorkerContext } from '../../support/worker-context.ts'

/** Which requests a former server gets, and what clients get without one. With real servers: test/commands/cutover.test.ts. */

const NONE: Upstreams = { facility: undefined, matrimony: undefined, meetups: undefined, mindharmony: undefined, recovery: undefined }
const upstream = (mode: string, host: string) => parseUpstream(`${mode} https://${host}.example`) ?? undefined

interface Sent {
  readonly status: number
  readonly json: unknown
  /** The former servers that got the request. */
  readonly hosts: readonly string[]
}

const send = async (
  upstreams: Upstreams | null,
  request: Request,
  answer: () => Response | NotForwarded = () => Response.json({ from: 'former server' }),
): Promise<Sent & { readonly headers: Headers }> => {
  const hosts: string[] = []
  const withUpstreams = (context: Context): Context => ({
    ...context,
    settings: { ...context.settings, upstreams },
    formerServer: {
      ...context.formerServer,
      forward: async ({ origin }) => {
        hosts.push(new URL(origin).hostname.replace('.example', ''))
        return answer()
      },
    },
  })
  const response = await withWorkerContext((context) =>
    handleRequest(request, { context: withUpstreams(context), sockets: createSockets(env, context.settings.jurisdiction) }),
  )
  const json = await response.json().catch(() => null)
  return { status: response.status, headers: response.headers, json, hosts }
}

const get = (path: string, init: RequestInit = {}): Request => new Request(`https://concord.test${path}`, init)

describe('which server answers', () => {
  const recovery = upstream('proxy', 'recovery')
  const facility = upstream('proxy', 'facility')

  test.each([
    ['a route of the contract', '/api/v1/user/57/', ['recovery']],
    ['a path of the contract without a route', '/api/v1/no-such-path', ['recovery']],
    ['another method of a route', '/api/v1/user/login/', ['recovery']],
    ['a route of another contract', '/api/plans', []],
    ['another method of a route of another contract', '/user/login/', []],
    ['a page', '/', []],
    ['the health', '/health', []],
    ['a path that has no route here', '/admin/login/', ['recovery']],
    ['a path below the prefix of another contract', '/api/lessons/', ['recovery']],
  ])('one former server: %s', async (_what, path, hosts) => {
    expect((await send({ ...NONE, recovery }, get(path))).hosts).toEqual(hosts)
  })

  test.each([
    ['a path that has no route here', '/admin/login/', []],
    ['a path below the prefix of one of them', '/api/v1/no-such-path', ['recovery']],
    ['a path that two contracts share', '/api/users/me/', ['facility']],
  ])('two former servers: %s', async (_what, path, hosts) => {
    expect((await send({ ...NONE, recovery, facility }, get(path))).hosts).toEqual(hosts)
  })

  test('without a former server, everything is answered here', async () => {
    expect(await send(null, get('/api/v1/user/57/'))).toMatchObject({ status: 401, hosts: [] })
  })
})

describe('a former server that gives no answer', () => {
  test.each([
    ['facility', '/api/users/me/', 'detail'],
    ['matrimony', '/users/byId/', 'error'],
    ['meetups', '/api/plans', 'detail'],
    ['mindharmony', '/user/user-details/', 'detail'],
    ['recovery', '/api/v1/user/57/', 'error'],
  ] as const)('is reported in the form of the contract: %s', async (contract, path, key) => {
    const upstreams = { ...NONE, [contract]: upstream('shadow', contract) }
    const { status, json, headers } = await send(upstreams, get(path), () => 'timeout')
    expect([status, json]).toEqual([504, { [key]: 'The former server of this contract did not respond in time.' }])
    expect(headers.get('X-Request-Id')).not.toBeNull()
    expect((await send(upstreams, get(path), () => 'unreachable')).status).toBe(502)
    expect((await send(upstreams, get(path), () => 'loop')).status).toBe(508)
  })
})

test('an error of our own is a 500, as for any request', async () => {
  const recovery = upstream('proxy', 'recovery')
  const failing = () => {
    throw new Error('broken')
  }
  expect((await send({ ...NONE, recovery }, get('/api/v1/user/57/'), failing)).status).toBe(500)
})

describe('shadow', () => {
  const meetups = upstream('shadow', 'meetups')

  const differences = async () =>
    (
      await withWorkerContext(({ store }) =>
        store.orm.$client.prepare('SELECT route, difference FROM shadow_answers').all<{ route: string; difference: string }>(),
      )
    ).results.map(({ route, difference }) => `${route} ${difference}`)

  test('our answer is that of the caller, and a sample has nothing of what was sent', async () => {
    const { token, username } = await person('otto')
    const headers = { Authorization: token.replace('Token', 'Bearer') }
    const answer = () => Response.json({ username: 1, [username]: username, [token]: token, '5731': 5731, otto: { otto: 'otto' } })
    expect((await send({ ...NONE, meetups }, get(`/api/profile/?name=${username}`, { headers }), answer)).json).toMatchObject({
      '5731': 5731,
    })
    const found = await differences()
    expect(found).toContain('/api/profile/ username: number, string')
    expect(found).toContain('/api/profile/ *: string, missing')
    for (const secret of ['otto', '5731', token.slice(6, 20)]) expect(found.join('\n')).not.toContain(secret)
  })

  test('an answer that breaks off, is no JSON, or has a type of its own is compared as far as it goes', async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode('{"a":'))
            controller.close()
          },
        }),
        { headers: { 'Content-Type': 'application/json' }, status: 401 },
      )
    await send({ ...NONE, meetups }, get('/api/rsvp/user'), broken)
    await send({ ...NONE, meetups }, get('/api/friends/'), () => new Response('', { status: 401, headers: { 'Content-Type': 'otto/<b>' } }))
    expect(await differences()).toEqual(
      expect.arrayContaining(['/api/rsvp/user body: undefined, object', '/api/friends/ type unknown, application/json']),
    )
  })
})
