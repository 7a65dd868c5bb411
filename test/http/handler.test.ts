import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { contracts } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { documentOf } from '../../src/documents/index.ts'
import type { Context } from '../../src/domain/context.ts'
import { createHandler, type RequestHandler } from '../../src/http/handler.ts'
import { errorResponse } from '../../src/http/response/errors.ts'
import { anyone } from '../../src/http/routing/access.ts'
import type { Contract } from '../../src/http/routing/contract.ts'
import { route } from '../../src/http/routing/route.ts'
import type { DataPoint } from '../../src/model/data-point.ts'
import { addHashWait } from '../../src/rpc/request-costs.ts'
import { createSockets } from '../../src/rpc/sockets.ts'
import { createStore } from '../../src/store/store.ts'
import { call, ORIGIN, readResponse } from '../support/call.ts'
import { PASSWORD, person, personWith } from '../support/people.ts'
import { handleWith } from '../support/worker-context.ts'

const contextWith = (changes: Partial<Context> = {}): Context => ({ ...createContext(env, { waitUntil: () => undefined }), ...changes })
const send = async (context: Context, method: string, path: string, headers: Record<string, string> = {}) =>
  readResponse(await handleWith(new Request(new URL(path, ORIGIN), { method, headers }), context))

/** A context whose database throws on every call. */
const contextWithBrokenDatabase = (): Context => {
  const database = new Proxy(env.DB, {
    get: () => () => {
      throw new Error('D1_ERROR: no such table: secrets')
    },
  })
  return contextWith({ store: createStore(database) })
}

const contractWith = (name: string, path: string, respond: () => Response = () => new Response('{}')): Contract => ({
  name,
  title: name,
  prefixes: ['/'],
  challenge: 'Token',
  routes: [route({ method: 'GET', path, summary: name, access: anyone, responses: {}, handle: () => ({ response: respond() }) })],
  unauthenticated: () => errorResponse(401, {}),
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'ours' },
})

const handle = (handler: RequestHandler, path: string): Promise<Response> =>
  handler(new Request(`${ORIGIN}${path}`), { context: contextWith(), sockets: createSockets(env, null) })

describe('one router for all contracts', () => {
  test('throws if two contracts claim the same path and method, whatever the parameter names', () => {
    expect(() => createHandler([contractWith('one', '/a/{id}'), contractWith('two', '/a/{name}')])).toThrow(
      'two and one both claim GET /a/:',
    )
    expect(() => createHandler([contractWith('one', '/a/{id}'), contractWith('two', '/a/me')])).not.toThrow()
  })

  test('shares /api/users between two contracts: each method goes to its owner, and Allow lists the methods of both', async () => {
    const { token } = await person()
    expect((await call('GET', '/api/users/', { as: token })).status).toBe(200)
    expect((await call('POST', '/api/users/')).json).toHaveProperty('detail.username')
    const rejected = await call('DELETE', '/api/users/', { as: token })
    expect([rejected.status, rejected.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
    expect(rejected.json).toEqual({ detail: 'Method "DELETE" not allowed.' })
  })
})

describe('HEAD', () => {
  test('responds where GET does, with the same headers and no body', async () => {
    const { token } = await person()
    const head = await call('HEAD', '/session/', { as: token })
    expect([head.status, head.text, head.headers.get('Content-Type')]).toEqual([200, '', 'application/json'])
    expect((await call('HEAD', '/session/')).status).toBe(401)
    expect((await call('HEAD', '/user/login/')).status).toBe(405)
  })
})

describe('CORS', () => {
  const page = { Origin: 'https://app.example' }

  test('any origin may read every response, without credentials, if all origins are allowed', async () => {
    const response = await send(contextWith(), 'GET', '/health', page)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(response.headers.get('Access-Control-Expose-Headers')).toContain('Link')
  })

  test('only listed origins are allowed, with credentials', async () => {
    const settings = { ...contextWith().settings, allowedOrigins: new Set(['https://app.example']) }
    const listed = await send(contextWith({ settings }), 'OPTIONS', '/session/', page)
    expect(listed.status).toBe(204)
    expect(listed.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example')
    expect(listed.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(listed.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD, OPTIONS, POST')
    expect(listed.headers.get('Access-Control-Allow-Headers')).toContain('Authorization')
    expect(listed.headers.get('Vary')).toContain('Origin')
    const other = await send(contextWith({ settings }), 'OPTIONS', '/session/', { Origin: 'https://other.example' })
    expect([other.status, other.headers.get('Access-Control-Allow-Origin')]).toEqual([204, null])
  })

  test.each([
    ['an unknown path', '/no-such-thing/', 'PUT'],
    ['a path without this method', '/session/', 'DELETE'],
  ])('the preflight of %s allows the request, so that a page can read our error', async (_what, path, method) => {
    const response = await send(contextWith(), 'OPTIONS', path, { ...page, 'Access-Control-Request-Method': method })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Methods')?.split(', ')).toContain(method)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Allow-Headers')).toContain('Authorization')
    const answered = await send(contextWith(), method, path, page)
    expect([404, 405]).toContain(answered.status)
    expect(answered.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('OPTIONS on an unknown path is a 404 if it is no preflight', async () => {
    expect((await send(contextWith(), 'OPTIONS', '/no-such-thing/')).status).toBe(404)
    const junk = await send(contextWith(), 'OPTIONS', '/session/', { ...page, 'Access-Control-Request-Method': 'X, GET' })
    expect(junk.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD, OPTIONS, POST')
  })

  test('error responses have CORS headers too, so that a page can read a 401', async () => {
    const response = await send(contextWith(), 'GET', '/session/', page)
    expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([401, '*'])
  })
})

describe('a request id', () => {
  test.each(['walk-0123456789', 'a1b2c3d4-0000:1.2_3'])('from the caller is used if it is valid: %s', async (id) => {
    expect((await call('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')).toBe(id)
  })

  test.each(['short', 'with space 123', '"><script>alert(1)</script>', 'x'.repeat(200), '-leading-dash'])(
    'is replaced by a new one otherwise: %s',
    async (id) => {
      const requestId = (await call('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})

/** Runs `work` and returns the lines that it logs. */
const captureLog = async (work: () => Promise<unknown>): Promise<string[]> => {
  const lines: string[] = []
  const addLine = (line: unknown) => {
    lines.push(String(line))
  }
  const spies = [vi.spyOn(console, 'log').mockImplementation(addLine), vi.spyOn(console, 'error').mockImplementation(addLine)]
  await work()
  for (const spy of spies) spy.mockRestore()
  return lines
}

describe('the log', () => {
  test('has one line per request, with the route pattern and without the path', async () => {
    const { id, token } = await person()
    const lines = await captureLog(() =>
      call('GET', `/user/profile/${id}?secret=in-the-query`, { as: token, headers: { 'X-Request-Id': 'walk-0123456789' } }),
    )
    expect(lines.length).toBe(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      method: 'GET',
      route: '/user/profile/:id',
      contract: 'mindharmony',
      status: 200,
      ms: expect.any(Number),
      account: id,
      request_id: 'walk-0123456789',
      colo: null,
      d1: { trips: 1, ms: expect.any(Number), region: null },
      hash_wait_ms: 0,
    })
  })

  test('never contains a token, a password, a body or a query', async () => {
    const { username, token } = await person()
    const lines = await captureLog(async () => {
      await call('POST', '/user/login/', { json: { username, password: PASSWORD } })
      await call('POST', '/session/', { as: token, json: { name: 'a very private practice', date: '2024-07-06', duration: 5 } })
      await call('POST', '/session/?note=private', {
        as: token,
        body: '{"name":"a very private',
        headers: { 'Content-Type': 'application/json' },
      })
    })
    const all = lines.join('\n')
    expect(lines.length).toBe(3)
    for (const secret of [PASSWORD, token.slice(6), 'private', username]) expect(all).not.toContain(secret)
  })
})

describe('what a request has cost', () => {
  const lineOf = async (work: () => Promise<unknown>) => JSON.parse((await captureLog(work))[0] ?? '')

  test('is counted for each request, also for those that are handled at the same time', async () => {
    const { token } = await person()
    const lines = await captureLog(() =>
      Promise.all([
        call('GET', '/session/', { as: token }),
        call('GET', '/console'),
        call('GET', '/session/', { as: token }),
        call('POST', '/api/token/', { json: { username: 'nobody.of.this.name', password: PASSWORD } }),
      ]),
    )
    const trips = lines.map((line) => JSON.parse(line)).map(({ route, d1 }) => [route, d1.trips])
    expect(trips.filter(([route]) => route === '/session')).toEqual([
      ['/session', 1],
      ['/session', 1],
    ])
    expect(trips.find(([route]) => route === '/console')).toEqual(['/console', 0])
    expect(trips.find(([route]) => route === '/api/token')?.[1]).toBeGreaterThan(1)
  })

  test('includes the wait of a password hash for its turn', async () => {
    const context = contextWith()
    const passwords: Context['passwords'] = {
      ...context.passwords,
      verify: (...input) => {
        addHashWait(25)
        return context.passwords.verify(...input)
      },
    }
    const request = new Request(new URL('/api/token/', ORIGIN), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'nobody.of.this.name', password: PASSWORD }),
    })
    const line = await lineOf(() => handleWith(request, { ...context, passwords }))
    expect(line.hash_wait_ms).toBeGreaterThanOrEqual(25)
  })

  test.each([
    ['no credential', 'GET', '/session/', undefined, 'unauthenticated'],
    ['an invalid body', 'POST', '/session/', {}, 'invalid-request'],
    ['a failure of the core', 'POST', '/api/token/', { username: 'nobody.of.this.name', password: PASSWORD }, 'invalid-credentials'],
  ])('names the failure of a refused request: %s', async (what, method, path, json, failure) => {
    const { token } = await person()
    const as = what === 'no credential' ? undefined : token
    const line = await lineOf(() => call(method, path, { ...(as && { as }), ...(json && { json }) }))
    expect(line.failure).toBe(failure)
  })

  const timingOf = async (caller: { token: string } | null, showsServerTiming: boolean) => {
    const settings = { ...contextWith().settings, showsServerTiming }
    const headers: Record<string, string> = caller ? { Authorization: caller.token } : {}
    return (await send(contextWith({ settings }), 'GET', '/session/', headers)).headers.get('Server-Timing')
  }

  test('is a header of the response for staff, and of every response if it is set', async () => {
    const [member, staff] = [await person(), await personWith('is_staff')]
    const TIMING = /^total;dur=\d+, d1;dur=\d+;desc="\d trips", hash-wait;dur=0$/
    expect(await timingOf(staff, false)).toMatch(TIMING)
    expect(await timingOf(member, false)).toBeNull()
    expect(await timingOf(null, false)).toBeNull()
    expect(await timingOf(member, true)).toMatch(TIMING)
    expect(await timingOf(null, true)).toMatch(/^total;/)
  })

  test('is counted for the statistics, without the path and the account', async () => {
    const { id, token } = await person()
    const points: DataPoint[] = []
    await send(contextWith({ count: (point) => points.push(point) }), 'GET', `/user/profile/${id}?q=private`, { Authorization: token })
    expect(points).toEqual([
      {
        name: 'request',
        labels: ['mindharmony', '/user/profile/:id', 'GET', '200', '', '', ''],
        values: [expect.any(Number), 1, expect.any(Number), 0],
      },
    ])
  })

  test.each([
    ['success', PASSWORD],
    ['invalid-credentials', 'not the password'],
  ])('a log-in is counted by its outcome: %s', async (outcome, password) => {
    const { username } = await person()
    const points: DataPoint[] = []
    const request = new Request(new URL('/api/token/', ORIGIN), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password }),
    })
    await handleWith(request, contextWith({ count: (point) => points.push(point) }))
    expect(points.filter(({ name }) => name === 'log-in')).toEqual([{ name: 'log-in', labels: [outcome, 'pair'] }])
    expect(JSON.stringify(points)).not.toContain(username)
  })
})

describe('an internal error', () => {
  const responses: [string, string, string, object][] = [
    ['mindharmony', 'POST', '/user/login/', { detail: 'Internal server error.' }],
    ['facility', 'POST', '/api/sessions/', { detail: 'Internal server error.' }],
    ['matrimony', 'POST', '/users/login/', { error: 'An unexpected error occurred. Please try again later.' }],
    ['recovery', 'POST', '/api/v1/user/login/', { error: 'Internal server error.' }],
    ['meetups', 'POST', '/api/token/', { detail: 'Internal server error.' }],
  ]

  test.each(responses)(
    'gets a general message and the request id from %s; only the log contains the cause',
    async (name, method, path, expected) => {
      const request = new Request(new URL(path, ORIGIN), {
        method,
        headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'walk-0123456789' },
        body: JSON.stringify({ username: 'some.username', password: 'a secret password' }),
      })
      let response = await readResponse(new Response())
      const lines = await captureLog(async () => {
        response = await readResponse(await handleWith(request, contextWithBrokenDatabase()))
      })
      expect(response.status).toBe(500)
      expect(response.json).toEqual({ ...expected, request_id: 'walk-0123456789' })
      const line = JSON.parse(lines[0] ?? '')
      expect(line).toMatchObject({ contract: name, status: 500, request_id: 'walk-0123456789' })
      expect(line.fault).toContain('no such table: secrets')
      expect(lines.join()).not.toContain('a secret password')
      expect(lines.join()).not.toContain('some.username')
    },
  )

  test('thrown by a contract handler gets that contract’s own response', async () => {
    const failing = createHandler([
      contractWith('one', '/a', () => {
        throw new Error('boom')
      }),
    ])
    const response = await readResponse(await handle(failing, '/a'))
    const requestId = response.headers.get('X-Request-Id')
    expect(requestId).toBeTruthy()
    expect([response.status, response.json]).toEqual([500, { detail: 'ours', request_id: requestId }])
  })
})

test('a WebSocket 101 response is passed on unchanged, because its headers are immutable', async () => {
  const [client] = Object.values(new WebSocketPair())
  const upgrade = Object.freeze(new Response(null, { status: 101, ...(client && { webSocket: client }) }))
  const upgrading = createHandler([contractWith('one', '/ws', () => upgrade)])
  expect(await handle(upgrading, '/ws')).toBe(upgrade)
})

describe('our own paths', () => {
  test('/health queries the database, and responds with 503 if the query fails', async () => {
    expect((await call('GET', '/health')).json).toEqual({ status: 'ok', database: 'ok' })
    const response = await send(contextWithBrokenDatabase(), 'GET', '/health')
    expect([response.status, response.json]).toEqual([503, { status: 'unavailable', database: 'unreachable' }])
  })

  test('/health is degraded in production without a provider for alarm messages', async () => {
    const production = createContext({ ...env, OUTBOX_IS_CHANNEL: 'false' }, { waitUntil: () => {} })
    const response = await send(production, 'GET', '/health')
    expect([response.status, response.json]).toEqual([200, { status: 'degraded', database: 'ok', alarms: 'no channel' }])
  })

  test.each(['/', '/docs'])('%s is a page without external resources and without inline scripts', async (path) => {
    const { status, headers, text } = await call('GET', path)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('Content-Security-Policy')).not.toMatch(/script-src[^;]*unsafe|https?:/)
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/)
    for (const { name } of contracts) expect(text).toContain(name)
  })

  test('every contract has its OpenAPI document at the URL that the page loads', async () => {
    for (const contract of contracts) {
      const { status, headers, text, json } = await call('GET', `/docs/openapi/${contract.name}.json`)
      expect([status, json]).toMatchObject([200, { openapi: '3.1.0', servers: [{ url: ORIGIN }] }])
      expect([headers.get('Content-Type'), headers.get('Vary')]).toEqual(['application/json', expect.stringContaining('Host')])
      // An old file in dist/assets? `npm test` builds it.
      expect(text).toBe(JSON.stringify(documentOf(contract, ORIGIN)))
    }
  })
})
