import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FormerServerStandIn, json, startFormerServer } from './former-server-stand-in.ts'
import { createState, type Running, serve } from './run.ts'
import { readRows, type Sent, sendTo } from './server-access.ts'
import { prepareDatabase } from './shared.ts'

/** The Worker between clients and a former server, in the modes `proxy` and `shadow`, with real requests on both sides. */

const state = createState()
let former: FormerServerStandIn
let gone: FormerServerStandIn
let server: Running

beforeAll(async () => {
  former = await startFormerServer()
  gone = await startFormerServer()
  await prepareDatabase(state.folder)
  server = await serve(state.folder, undefined, {
    UPSTREAM_RECOVERY: `proxy ${former.origin}`,
    UPSTREAM_MATRIMONY: `proxy ${former.origin}`,
    UPSTREAM_MINDHARMONY: `proxy ${former.origin}`,
    UPSTREAM_MEETUPS: `shadow ${former.origin}`,
    UPSTREAM_FACILITY: `proxy ${gone.origin}`,
    UPSTREAM_TIMEOUT_SECONDS: '2',
  })
  await gone.close()
})

afterAll(async () => {
  await server.kill()
  await former.close()
  state.remove()
})

beforeEach(() => {
  former.requests.length = 0
  former.answersEarly = false
})

const send = (method: string, path: string, sent?: Sent) => sendTo(server.origin, method, path, sent)

interface Raw {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Without `fetch`, which normalizes the path and decompresses the response. */
const sendRaw = (method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.origin)
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

const rows = (query: string) => readRows(state.folder, query)

const received = () => former.requests.map(({ method, url }) => `${method} ${url}`)

describe('proxy', () => {
  test.each([
    ['recovery', 'GET', '/api/v1/user/57/'],
    ['recovery, a path that has no route here', 'GET', '/api/v1/no-such-path'],
    ['matrimony', 'PATCH', '/users/update/57/'],
    ['mindharmony', 'POST', '/user/login/'],
    ['meetups, which is compared', 'GET', '/api/plans'],
    ['meetups', 'DELETE', '/api/plans/x/delete'],
  ])('requests of a contract reach its former server: %s', async (_contract, method, path) => {
    former.answer = json(207, { from: 'former server' })
    expect(await send(method, path)).toMatchObject({ status: 207, json: { from: 'former server' } })
    expect(received()).toEqual([`${method} ${path}`])
  })

  test('a request arrives as it was sent, without what concerns the connection or only a proxy may add', async () => {
    former.answer = json(200, { ok: true })
    const body = Buffer.from([0, 255, ...randomBytes(2000)])
    await sendRaw(
      'PUT',
      '/api/v1/user/57//x%2Fy/?a=1&a=%C3%A4&b',
      {
        'Content-Type': 'application/octet-stream',
        'Content-Length': `${body.length}`,
        Authorization: 'Token 8c0b7d04e885b262664154e280981d68b78b6107',
        Cookie: 'sessionid=abc; csrftoken=d',
        'X-CSRFToken': 'd',
        TE: 'trailers',
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Host': 'elsewhere.example',
        Forwarded: 'for=6.6.6.6',
      },
      body,
    )
    const [first, ...more] = former.requests
    expect(more).toEqual([])
    expect(first).toMatchObject({ method: 'PUT', url: '/api/v1/user/57//x%2Fy/?a=1&a=%C3%A4&b' })
    expect(first?.body.equals(body)).toBe(true)
    expect(first?.headers).toMatchObject({
      host: new URL(former.origin).host,
      authorization: 'Token 8c0b7d04e885b262664154e280981d68b78b6107',
      cookie: 'sessionid=abc; csrftoken=d',
      'x-csrftoken': 'd',
      'content-type': 'application/octet-stream',
      // Django reads no body without it.
      'content-length': `${body.length}`,
      'x-forwarded-host': new URL(server.origin).host,
      'x-forwarded-proto': 'http',
      via: '1.1 concord',
    })
    for (const name of ['te', 'forwarded', 'transfer-encoding']) expect(first?.headers[name]).toBeUndefined()
    expect(first?.headers['x-forwarded-for'] ?? '').not.toContain('6.6.6.6')
  })

  test.each([
    '/api/v1//evil.example/x',
    '/api/v1/..%2f..%2fetc/',
    '/api/v1/@evil.example/',
    `/api/v1/a'b(c)*~!$/?q=(x)&p[]=1|2&r={}`,
    '/api/v1/x?next=https://evil.example/&y=%00',
    '/api/v1/x?',
  ])('the path and the query arrive unchanged: %s', async (path) => {
    former.answer = json(200, {})
    expect((await sendRaw('GET', path)).status).toBe(200)
    expect(received()).toEqual([`GET ${path}`])
  })

  test('an apostrophe in the query is escaped by the platform', async () => {
    await sendRaw('GET', `/api/v1/x?q='`)
    expect(received()).toEqual(['GET /api/v1/x?q=%27'])
  })

  test.each([
    '//evil.example/api/v1/x',
    '/\\evil.example/api/v1/x',
    'http://evil.example/api/v1/user/57/',
    '/api/v1/../../x',
    '@evil.example/',
  ])('no path leads to another host: %s', async (path) => {
    former.answer = json(200, {})
    expect((await sendRaw('GET', path).catch(() => ({ status: 400 }))).status).toBeLessThan(500)
    for (const { headers } of former.requests) expect(headers.host).toBe(new URL(former.origin).host)
  })

  test.each(['GET', 'DELETE'])('a %s with a body arrives, and is no error of ours', async (method) => {
    former.answer = json(200, {})
    const body = Buffer.from('{"a":1}')
    const headers = { 'Content-Type': 'application/json', 'Content-Length': `${body.length}` }
    expect((await sendRaw(method, '/api/v1/user/57/', headers, body)).status).toBe(200)
    expect(received()).toEqual([`${method} /api/v1/user/57/`])
  })

  test('a body is not collected before it is passed on', async () => {
    former.answersEarly = true
    former.answer = json(200, {})
    const { hostname, port } = new URL(server.origin)
    const options = { hostname, port, method: 'POST', path: '/api/v1/user/57/', headers: { 'Content-Length': '1000' } }
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(options, (response) => resolve(response.resume().statusCode))
      sent.on('error', reject)
      sent.write(Buffer.alloc(500))
      void vi.waitFor(() => expect(former.requests).toHaveLength(1), 20_000).then(() => sent.end(Buffer.alloc(500)), reject)
    })
    expect(status).toBe(200)
  })

  const bytes = randomBytes(100_000)
  const gzip = gzipSync(JSON.stringify({ text: 'ä'.repeat(5000) }))
  test.each([
    ['bytes', '/api/v1/user/57/', {}, bytes],
    ['compressed text', '/api/v1/user/57/', { 'Content-Encoding': 'gzip' }, gzip],
  ])('a response is returned byte for byte: %s', async (_what, path, encoding, content) => {
    former.answer = (_request, response) => {
      response.writeHead(418, {
        'Content-Type': 'application/x-own',
        'X-Own': 'yes',
        'Set-Cookie': ['a=1; Path=/', 'b=2; HttpOnly'],
        'Content-Length': content.length,
        ...encoding,
      })
      response.end(content)
    }
    const response = await sendRaw('GET', path, { 'Accept-Encoding': 'gzip' })
    expect(response.status).toBe(418)
    expect(response.headers).toMatchObject({
      'content-type': 'application/x-own',
      'x-own': 'yes',
      'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly'],
      'content-length': `${content.length}`,
    })
    expect(response.headers['content-encoding']).toBe(Reflect.get(encoding, 'Content-Encoding'))
    expect(response.body.equals(content)).toBe(true)
    // What we add to our own responses is not in it.
    for (const name of ['content-security-policy', 'x-request-id', 'vary']) expect(response.headers[name]).toBeUndefined()
  })

  test.each([204, 304, 400, 401, 500, 502, 503])('the status %i is passed on, without our texts', async (status) => {
    former.answer = (_request, response) => {
      response.writeHead(status, { 'X-Own': 'yes', 'WWW-Authenticate': 'Token' }).end(status < 400 ? undefined : '<h1>Server Error</h1>')
    }
    const response = await send('GET', '/api/v1/user/57/')
    expect([response.status, response.headers.get('X-Own'), response.text]).toEqual([
      status,
      'yes',
      status < 400 ? '' : '<h1>Server Error</h1>',
    ])
  })

  test('HEAD has the length of the body that it lacks', async () => {
    former.answer = (_request, response) => response.writeHead(200, { 'Content-Length': 1234 }).end()
    const response = await sendRaw('HEAD', '/api/v1/user/57/')
    expect([response.status, response.headers['content-length'], received()]).toEqual([200, '1234', ['HEAD /api/v1/user/57/']])
  })

  test('a redirect is not followed', async () => {
    former.answer = (_request, response) => response.writeHead(302, { Location: `${former.origin}/elsewhere` }).end()
    const response = await send('POST', '/api/v1/user/login/', { body: {} })
    expect([response.status, response.headers.get('Location')]).toEqual([302, `${former.origin}/elsewhere`])
    expect(former.requests).toHaveLength(1)
  })

  test('a WebSocket is handed through', async () => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/chat/57/?token=abc`)
    const replies: unknown[] = []
    socket.addEventListener('message', ({ data }) => replies.push(data))
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    for (const text of ['one', 'two']) socket.send(text)
    await vi.waitFor(() => expect(replies).toEqual(['echo: one', 'echo: two']), 20_000)
    socket.close()
    expect(received()).toEqual(['GET /ws/chat/57/?token=abc'])
  })

  test('a request that has come through us already is a loop; another proxy is not', async () => {
    former.answer = json(200, {})
    expect(await send('GET', '/api/v1/user/57/', { headers: { Via: '1.1 proxy, 1.1 concord' } })).toMatchObject({ status: 508 })
    expect(former.requests).toEqual([])
    expect((await send('GET', '/api/v1/user/57/', { headers: { Via: '1.1 concord.example.com' } })).status).toBe(200)
  })

  test('a server that does not respond is a 504, one that cannot be reached a 502', async () => {
    former.answer = () => undefined
    const slow = await send('POST', '/api/v1/user/login/', { body: {} })
    expect(slow).toMatchObject({ status: 504, json: { error: 'The former server of this contract did not respond in time.' } })
    const dead = await send('GET', '/api/users/me/', { headers: { Origin: 'https://app.example' } })
    expect(dead).toMatchObject({ status: 502, json: { detail: 'The former server of this contract cannot be reached.' } })
    // It is a response of ours, which a browser may read.
    expect(dead.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('a connection that breaks before the response is a 502', async () => {
    former.answer = (_request, response) => void response.socket?.destroy()
    expect(await send('GET', '/api/v1/user/57/')).toMatchObject({ status: 502 })
  })

  test('paths of no contract stay ours, and so do those of other contracts', async () => {
    former.answer = json(200, { status: 'of the former server' })
    expect((await send('GET', '/health')).json.status).not.toBe('of the former server')
    await send('GET', '/')
    await send('GET', '/console/')
    expect(former.requests).toEqual([])
    // POST is facility's, whose server is gone; GET is meetups'.
    expect((await send('POST', '/api/users/', { body: {} })).status).toBe(502)
    await send('GET', '/api/users/')
    await send('OPTIONS', '/api/users/', { headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'GET' } })
    expect(received()).toEqual(['GET /api/users/', 'OPTIONS /api/users/'])
  })
})

describe('shadow', () => {
  const answersOf = (route: string) => rows(`SELECT sum(answers) AS n FROM shadow_answers WHERE route = '${route}'`)
  const differencesOf = (route: string) =>
    rows(`SELECT difference, answers FROM shadow_answers WHERE contract = 'meetups' AND route = '${route}' ORDER BY difference`)

  test('the former server answers, and differences of status and form are counted without personal data', async () => {
    const name = `person_${randomBytes(4).toString('hex')}`
    former.answer = json(200, { data: [{ _id: 'x', title: name, [name]: 1 }] })
    expect((await send('GET', '/api/plans/', { headers: { Authorization: 'Bearer abc' } })).json).toEqual({
      data: [{ _id: 'x', title: name, [name]: 1 }],
    })
    await vi.waitFor(() => expect(answersOf('/api/plans')).toMatchObject([{ n: expect.any(Number) }]), 20_000)
    former.answer = json(401, { detail: 'Given token not valid for any token type', code: 1, [name]: { id: name } })
    for (let count = 0; count < 2; count++) await send('GET', `/api/plans/?${name}`, { headers: { Authorization: `Bearer ${name}` } })
    await vi.waitFor(() => expect(differencesOf('/api/plans')).toContainEqual({ difference: 'code: number, string', answers: 2 }), 20_000)
    expect(differencesOf('/api/plans')).toEqual(
      expect.arrayContaining([
        { difference: '*: object, missing', answers: 2 },
        { difference: 'status 200, 401', answers: expect.any(Number) },
      ]),
    )
    expect(JSON.stringify(rows('SELECT * FROM shadow_answers'))).not.toContain(name)
    expect(server.out()).not.toContain(name)
  })

  test('an answer without a difference is counted as well, and a compressed one is returned as it came', async () => {
    const text = gzipSync(JSON.stringify({ detail: 'Authentication credentials were not provided.' }))
    former.answer = (_request, response) => {
      response.writeHead(401, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', 'Content-Length': text.length }).end(text)
    }
    const response = await sendRaw('GET', '/api/friends/', { 'Accept-Encoding': 'gzip' })
    expect([response.status, response.headers['content-encoding'], response.body.equals(text)]).toEqual([401, 'gzip', true])
    await vi.waitFor(() => expect(differencesOf('/api/friends/')).toEqual([{ difference: '', answers: 1 }]), 20_000)
  })

  test('the client gets a long answer without waiting for the comparison, which stops reading it', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(3_000_000) })
    former.answer = (_request, response) => response.writeHead(401, { 'Content-Type': 'application/json' }).end(long)
    expect((await send('GET', '/api/profile/')).text).toBe(long)
    await vi.waitFor(() => expect(differencesOf('/api/profile/')).toEqual([{ difference: 'not compared', answers: 1 }]), 20_000)
  })

  test('the comparison does not wait for an answer that stalls, though its client still does', async () => {
    former.answer = (_request, response) => response.writeHead(401, { 'Content-Type': 'application/json' }).write('{"detail": "')
    const client = new AbortController()
    const response = await fetch(`${server.origin}/api/friends/list/`, { signal: client.signal })
    expect(response.status).toBe(401)
    await vi.waitFor(() => expect(differencesOf('/api/friends/list/')).toEqual([{ difference: 'not compared', answers: 1 }]), 20_000)
    client.abort()
  })

  test('nothing but GETs that change nothing is repeated, and nothing is written', async () => {
    former.answer = json(200, {})
    const counted = rows('SELECT sum(answers) AS n FROM shadow_answers')
    const accounts = rows('SELECT count(*) AS n FROM accounts')
    await send('POST', '/api/register/', { body: { username: 'shadow.person', email: 'shadow@example.com', password: 'correct horse 7' } })
    await send('HEAD', '/api/plans/')
    await send('DELETE', '/api/plans/x/delete')
    expect(former.requests).toHaveLength(3)
    // A later answer is counted: the ones before it would have been.
    await send('GET', '/api/rsvp/user')
    await vi.waitFor(() => expect(answersOf('/api/rsvp/user')).toEqual([{ n: 1 }]), 20_000)
    expect(rows(`SELECT sum(answers) AS n FROM shadow_answers WHERE route <> '/api/rsvp/user'`)).toEqual(counted)
    expect(rows('SELECT count(*) AS n FROM accounts')).toEqual(accounts)
  })
})
