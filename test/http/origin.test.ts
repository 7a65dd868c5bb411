import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { contracts, origin } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'
import type { Contract } from '../../src/http/dialect.ts'
import { originOf } from '../../src/http/origin.ts'
import { createStore } from '../../src/store/store.ts'
import { call, hear, ORIGIN } from '../support/call.ts'
import { PASSWORD, person } from '../support/people.ts'

const ctxWith = (changes: Partial<Context> = {}): Context => ({ ...createContext(env, { waitUntil: () => undefined }), ...changes })
const ask = async (context: Context, method: string, path: string, headers: Record<string, string> = {}) =>
  hear(await origin(new Request(new URL(path, ORIGIN), { method, headers }), context))

/** A context whose database throws at everything that is asked of it. */
const brokenCtx = (): Context => {
  const database = new Proxy(env.DB, {
    get: () => () => {
      throw new Error('D1_ERROR: no such table: secrets')
    },
  })
  return ctxWith({ store: createStore(database) })
}

const contractWith = (name: string, pattern: string, answer: () => Response = () => new Response('{}')): Contract => ({
  name,
  prefixes: ['/'],
  routes: [{ method: 'GET', pattern }],
  fetch: answer,
  notFound: () => new Response('{}', { status: 404 }),
  wrongMethod: () => new Response('{}', { status: 405 }),
  failed: () => Response.json({ detail: 'ours' }, { status: 500 }),
})

describe('one root', () => {
  test('has no path and method that two contracts claim, whatever they call their parameters', () => {
    expect(() => originOf([contractWith('one', '/a/:id'), contractWith('two', '/a/:name')])).toThrow('two and one both claim GET /a/:')
    expect(() => originOf([contractWith('one', '/a/:id'), contractWith('two', '/a/me')])).not.toThrow()
  })

  test('shares /api/users among two: each method goes to its owner, and Allow tells of both', async () => {
    const { token } = await person()
    expect((await call('GET', '/api/users/', { as: token })).status).toBe(200)
    expect((await call('POST', '/api/users/')).json).toHaveProperty('detail.username')
    const refused = await call('DELETE', '/api/users/', { as: token })
    expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
    expect(refused.json).toEqual({ detail: 'Method "DELETE" not allowed.' })
  })
})

describe('HEAD', () => {
  test('answers where GET does, with its headers and no body', async () => {
    const { token } = await person()
    const head = await call('HEAD', '/session/', { as: token })
    expect([head.status, head.text, head.headers.get('Content-Type')]).toEqual([200, '', 'application/json'])
    expect((await call('HEAD', '/session/')).status).toBe(401)
    expect((await call('HEAD', '/user/login/')).status).toBe(405)
  })
})

describe('pages of other origins', () => {
  const page = { Origin: 'https://app.example' }

  test('may read every answer, without credentials, while any origin is allowed', async () => {
    const heard = await ask(ctxWith(), 'GET', '/health', page)
    expect(heard.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(heard.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(heard.headers.get('Access-Control-Expose-Headers')).toContain('Link')
  })

  test('may come with credentials when they are listed, and not at all when they are not', async () => {
    const settings = { ...ctxWith().settings, allowedOrigins: new Set(['https://app.example']) }
    const listed = await ask(ctxWith({ settings }), 'OPTIONS', '/session/', page)
    expect(listed.status).toBe(204)
    expect(listed.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example')
    expect(listed.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(listed.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD, OPTIONS, POST')
    expect(listed.headers.get('Access-Control-Allow-Headers')).toContain('Authorization')
    expect(listed.headers.get('Vary')).toContain('Origin')
    const other = await ask(ctxWith({ settings }), 'OPTIONS', '/session/', { Origin: 'https://other.example' })
    expect([other.status, other.headers.get('Access-Control-Allow-Origin')]).toEqual([204, null])
  })

  test('are told so on failures, too: a 401 that a page cannot read is no help to it', async () => {
    const heard = await ask(ctxWith(), 'GET', '/session/', page)
    expect([heard.status, heard.headers.get('Access-Control-Allow-Origin')]).toEqual([401, '*'])
  })
})

describe('a request id', () => {
  test.each(['walk-0123456789', 'a1b2c3d4-0000:1.2_3'])('of the caller is kept when it is sane: %s', async (id) => {
    expect((await call('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')).toBe(id)
  })

  test.each(['short', 'with space 123', '"><script>alert(1)</script>', 'x'.repeat(200), '-leading-dash'])(
    'is made anew otherwise: %s',
    async (id) => {
      const made = (await call('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')
      expect(made).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})

/** Every line that was logged while something was done. */
const logged = async (work: () => Promise<unknown>): Promise<string[]> => {
  const lines: string[] = []
  const keep = (line: unknown) => {
    lines.push(String(line))
  }
  const spies = [vi.spyOn(console, 'log').mockImplementation(keep), vi.spyOn(console, 'error').mockImplementation(keep)]
  await work()
  for (const spy of spies) spy.mockRestore()
  return lines
}

describe('the log', () => {
  test('has one line per request, with the pattern and not the path', async () => {
    const { id, token } = await person()
    const lines = await logged(() =>
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
    })
  })

  test('never holds a token, a password, a body or a query', async () => {
    const { username, token } = await person()
    const lines = await logged(async () => {
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

describe('a fault of ours', () => {
  const general: [string, string, string, object][] = [
    ['mindharmony', 'POST', '/user/login/', { detail: 'Internal server error.' }],
    ['facility', 'POST', '/api/sessions/', { detail: 'Internal server error.' }],
    ['matrimony', 'POST', '/users/login/', { error: 'An unexpected error occurred. Please try again later.' }],
    ['recovery', 'POST', '/api/v1/user/login/', { error: 'Internal server error.' }],
    ['meetups', 'POST', '/api/token/', { detail: 'Internal server error.' }],
  ]

  test.each(general)('is told by %s in general words and with the request id; the log holds the rest', async (name, method, path, said) => {
    const request = new Request(new URL(path, ORIGIN), {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'walk-0123456789' },
      body: JSON.stringify({ username: 'somebody', password: 'a secret password' }),
    })
    let heard = await hear(new Response())
    const lines = await logged(async () => {
      heard = await hear(await origin(request, brokenCtx()))
    })
    expect(heard.status).toBe(500)
    expect(heard.json).toEqual({ ...said, request_id: 'walk-0123456789' })
    const line = JSON.parse(lines[0] ?? '')
    expect(line).toMatchObject({ contract: name, status: 500, request_id: 'walk-0123456789' })
    expect(line.fault).toContain('no such table: secrets')
    expect(lines.join()).not.toContain('a secret password')
    expect(lines.join()).not.toContain('somebody')
  })

  test('outside any contract is answered all the same', async () => {
    const failing = originOf([
      contractWith('one', '/a', () => {
        throw new Error('boom')
      }),
    ])
    const heard = await hear(await failing(new Request(`${ORIGIN}/a`), ctxWith()))
    expect([heard.status, heard.json]).toEqual([500, { detail: 'ours' }])
    expect(heard.headers.get('X-Request-Id')).toBeTruthy()
  })
})

test("a socket's 101 is handed on as it is: its headers can't be changed", async () => {
  const [client] = Object.values(new WebSocketPair())
  const upgrade = Object.freeze(new Response(null, { status: 101, ...(client && { webSocket: client }) }))
  const upgrading = originOf([contractWith('one', '/ws', () => upgrade)])
  expect(await upgrading(new Request(`${ORIGIN}/ws`), ctxWith())).toBe(upgrade)
})

describe('paths of our own', () => {
  test('/health asks the database, and errorResponse so when it does not answer', async () => {
    expect((await call('GET', '/health')).json).toEqual({ status: 'ok', database: 'ok' })
    const heard = await ask(brokenCtx(), 'GET', '/health')
    expect([heard.status, heard.json]).toEqual([503, { status: 'unavailable', database: 'unreachable' }])
  })

  test.each(['/', '/docs'])('%s is a page of ours alone: nothing from elsewhere, no script in the markup', async (path) => {
    const { status, headers, text } = await call('GET', path)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('Content-Security-Policy')).not.toMatch(/script-src[^;]*unsafe|https?:/)
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/)
    for (const { name } of contracts) expect(text).toContain(name)
  })

  test('the documents are where the page looks for them', async () => {
    for (const { name } of contracts) {
      const { status, json } = await call('GET', `/docs/openapi/${name}.json`)
      expect([status, json]).toMatchObject([200, { openapi: '3.1.0', servers: [{ url: ORIGIN }] }])
    }
  })
})
