import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type TestResponse, textAt } from '../../support/call.ts'
import { accountRow, keysAt, sessionIn, setActive } from '../../support/contracts.ts'
import { freshName, PASSWORD, person, personWith } from '../../support/people.ts'
import { newJti, signTestToken } from '../../support/test-tokens.ts'

const REQUIRED = ['This field is required.']
const SHORT = 'This password is too short. It must contain at least 8 characters.'
const BOTH = '{"error":"Username and password are required."}'
const INVALID = '{"error":"Invalid credentials."}'
const SESSIONS = '/api/v1/user/sessions/'

const register = (json: unknown) => call('POST', '/api/v1/user/registration/', { json })

describe('POST /api/v1/user/registration/', () => {
  test.each(['/api/v1/user/registration/', '/api/v1/user/registration'])('%s', async (path) => {
    const username = freshName()
    const response = await call('POST', path, { json: { username, email: `${username}@example.com`, password: 'password123' } })
    expect([response.status, response.text]).toEqual([201, '{"message":"User Created"}'])
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await accountRow(username)).toMatchObject({ username, email: `${username}@example.com`, is_active: 1, is_admin: 0 })
  })

  test('several accounts can register without an e-mail address, or with ""', async () => {
    for (const fields of [{}, { email: '' }, {}, { email: ' ' }]) {
      expect((await register({ username: freshName(), password: PASSWORD, ...fields })).status).toBe(201)
    }
  })

  test('accepts a form', async () => {
    const response = await call('POST', '/api/v1/user/registration/', { form: { username: freshName(), email: '', password: PASSWORD } })
    expect(response.status).toBe(201)
  })

  test.each<[unknown, unknown]>([
    [{}, { username: REQUIRED, password: REQUIRED }],
    [
      { username: 'a b', email: 'x', password: '123' },
      {
        username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'],
        email: ['Enter a valid email address.'],
        password: [SHORT, 'This password is entirely numeric.'],
      },
    ],
    [
      { username: '', email: null, password: '' },
      { username: ['This field may not be blank.'], email: ['This field may not be null.'], password: ['This field may not be blank.'] },
    ],
    [{ username: 'someone', password: true }, { password: ['Not a valid string.'] }],
    [7, { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] }],
  ])('400 for %j', async (json, expected) => {
    const response = await register(json)
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('400 for a taken username and e-mail address, together with the other field errors', async () => {
    const { username, email } = await person('Taken')
    const response = await register({ username: username.toLowerCase(), email: email.toUpperCase(), password: '1' })
    const expected = {
      username: ['A user with that username already exists.'],
      email: ['A user with this email already exists.'],
      password: [SHORT, 'This password is entirely numeric.'],
    }
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
    const alone = await register({ username: ` ${username} `, password: PASSWORD })
    expect([alone.status, alone.text]).toEqual([400, JSON.stringify({ username: expected.username })])
  })
})

describe('POST /api/v1/user/login/', () => {
  test.each(['/api/v1/user/login/', '/api/v1/user/login'])('%s', async (path) => {
    const { username } = await person('Login')
    const response = await call('POST', path, { as: 'Token stale', json: { username: username.toUpperCase(), password: PASSWORD } })
    const token = textAt(response, 'token')
    expect([response.status, response.text]).toEqual([200, `{"token":"${token}"}`])
    expect((await call('GET', SESSIONS, { as: `Token ${token}` })).status).toBe(200)
  })

  test('401 for a wrong password, an unknown name, and an inactive account', async () => {
    const { username } = await person()
    const inactive = await person()
    await setActive(inactive.username, false)
    for (const json of [
      { username, password: 'wrong horse 7' },
      { username: freshName('unknown'), password: PASSWORD },
      { username: inactive.username, password: PASSWORD },
    ]) {
      const response = await call('POST', '/api/v1/user/login/', { json })
      expect([response.status, response.text]).toEqual([401, INVALID])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test.each<[unknown]>([
    [{}],
    [{ username: 'x' }],
    [{ password: 'x' }],
    [{ username: '', password: 'x' }],
    [{ username: null, password: [] }],
    [[]],
  ])('400 for %j', async (json) => {
    const response = await call('POST', '/api/v1/user/login/', { json })
    expect([response.status, response.text]).toEqual([400, BOTH])
  })
})

describe('POST /api/v1/user/logout/', () => {
  test.each(['/api/v1/user/logout/', '/api/v1/user/logout'])('%s', async (path) => {
    const { token } = await person()
    const response = await call('POST', path, { as: token })
    expect([response.status, response.text]).toEqual([200, '{"message":"Logged out."}'])
    const after = await call('POST', path, { as: token })
    expect([after.status, after.text]).toEqual([401, '{"detail":"Invalid token."}'])
  })
})

describe('authentication', () => {
  test.each([
    ['POST', '/api/v1/user/logout/'],
    ['GET', '/api/v1/user/sessions/'],
    ['DELETE', '/api/v1/user/sessions/'],
    ['DELETE', '/api/v1/user/sessions/0f8fad5bd9cb469fa16570867728950e/'],
  ])('%s %s: the five 401 texts', async (method, path) => {
    const inactive = await person()
    await setActive(inactive.username, false)
    const refresh = textAt(
      await call('POST', '/api/token/', { json: { username: (await person()).username, password: PASSWORD } }),
      'refresh',
    )
    const cases: [string | undefined, string][] = [
      [undefined, 'Authentication credentials were not provided.'],
      ['Digest x', 'Authentication credentials were not provided.'],
      ['Token', 'Invalid token header. No credentials provided.'],
      ['Token  ', 'Invalid token header. No credentials provided.'],
      ['Token one two', 'Invalid token header. Token string should not contain spaces.'],
      ['Token nonsense', 'Invalid token.'],
      [`Token ${await signTestToken()}`, 'Invalid token.'],
      [`Token ${await signTestToken({ expiresIn: -3600 })}`, 'Invalid token.'],
      [`Token ${await signTestToken({ issuer: 'another issuer' })}`, 'Invalid token.'],
      [`Token ${refresh}`, 'Invalid token.'],
      [inactive.token, 'User inactive or deleted.'],
    ]
    for (const [as, detail] of cases) {
      const response = await call(method, path, { as })
      expect([as, response.status, response.text]).toEqual([as, 401, JSON.stringify({ detail })])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test.each([
    ['GET', '/api/v1/user/login/', 'OPTIONS, POST'],
    ['PUT', '/api/v1/user/registration', 'OPTIONS, POST'],
  ])('%s %s is a 405', async (method, path, allow) => {
    const response = await call(method, path)
    expect([response.status, response.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(response.headers.get('Allow')).toBe(allow)
  })
})

describe(SESSIONS, () => {
  /** An account with a credential of each kind: a session, a token pair, and two tokens. */
  const withAllCredentials = async () => {
    const account = await person()
    const json = { username: account.username, password: PASSWORD }
    const headers = (agent: string) => ({ 'User-Agent': agent })
    const session = await call('POST', '/api/sessions/', { json, headers: headers('a browser') })
    const pair = await call('POST', '/api/token/', { json, headers: headers('a phone') })
    const login = await call('POST', '/api/v1/user/login/', { json, headers: headers('a watch') })
    return {
      ...account,
      cookie: { Cookie: `sessionid=${sessionIn(session)}` },
      access: `Bearer ${textAt(pair, 'access')}`,
      refresh: textAt(pair, 'refresh'),
      watch: `Token ${textAt(login, 'token')}`,
    }
  }

  const rows = (response: TestResponse): Record<string, unknown>[] => (Array.isArray(response.json) ? response.json : [])
  const idOf = (response: TestResponse, kind: string): string => String(rows(response).find((row) => row.kind === kind)?.id)

  test('lists every valid credential, newest first, without any token', async () => {
    const account = await withAllCredentials()
    for (const path of [SESSIONS, SESSIONS.slice(0, -1)]) {
      const response = await call('GET', path, { as: account.watch })
      expect(response.status).toBe(200)
      expect(keysAt(response, 0)).toEqual(['id', 'kind', 'created_at', 'last_seen', 'user_agent', 'current'])
      expect(
        rows(response)
          .map((row) => [row.kind, row.user_agent, row.current])
          .sort(),
      ).toEqual([
        ['pair', 'a phone', false],
        ['session', 'a browser', false],
        ['token', '', false],
        ['token', 'a watch', true],
      ])
      const createdAt = rows(response).map((row) => Date.parse(String(row.created_at)))
      expect(createdAt).toEqual([...createdAt].sort((a, b) => b - a))
      expect(rows(response).every((row) => row.last_seen === new Date().toISOString().slice(0, 10))).toBe(true)
      for (const token of [account.watch, account.token, account.access, account.refresh, account.cookie.Cookie]) {
        expect(response.text).not.toContain(token.replace(/^(Token|Bearer) |^sessionid=/, ''))
      }
      expect(response.text).not.toContain('eyJ')
    }
  })

  test('`current` marks the pair of an access token and the session of a cookie', async () => {
    const account = await withAllCredentials()
    const byAccess = await call('GET', SESSIONS, { as: account.access })
    expect(
      rows(byAccess)
        .filter((row) => row.current)
        .map((row) => row.kind),
    ).toEqual(['pair'])
    const byCookie = await call('GET', SESSIONS, { headers: account.cookie })
    expect(
      rows(byCookie)
        .filter((row) => row.current)
        .map((row) => row.kind),
    ).toEqual(['session'])
  })

  test('omits expired credentials', async () => {
    const { id, token } = await person()
    await env.DB.prepare(
      "INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 1, 2, '1970-01-01')",
    )
      .bind(newJti(), id)
      .run()
    expect(rows(await call('GET', SESSIONS, { as: token }))).toHaveLength(1)
  })

  test('DELETE of one session ends only that session; a second DELETE is a 404', async () => {
    const account = await withAllCredentials()
    const listed = await call('GET', SESSIONS, { as: account.watch })
    const path = `${SESSIONS}${idOf(listed, 'pair')}/`
    const response = await call('DELETE', path, { as: account.watch })
    expect([response.status, response.text]).toEqual([204, ''])
    expect((await call('GET', '/api/profile/', { as: account.access })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: account.refresh } })).status).toBe(401)
    expect((await call('GET', '/api/users/me/', { headers: account.cookie })).status).toBe(200)
    const again = await call('DELETE', path.slice(0, -1), { as: account.watch })
    expect([again.status, again.text]).toEqual([404, '{"error":"Session not found."}'])
    expect(rows(await call('GET', SESSIONS, { as: account.watch }))).toHaveLength(3)
  })

  test('DELETE of the current session logs out', async () => {
    const { token } = await person()
    const [row] = rows(await call('GET', SESSIONS, { as: token }))
    expect((await call('DELETE', `${SESSIONS}${row?.id}/`, { as: token })).status).toBe(204)
    expect((await call('GET', SESSIONS, { as: token })).status).toBe(401)
  })

  test('404 for sessions of other accounts, for staff too, and for invalid ids', async () => {
    const owner = await person()
    const sessionId = String(rows(await call('GET', SESSIONS, { as: owner.token }))[0]?.id)
    for (const { token } of [await person(), await personWith('is_admin', 'is_staff', 'is_superuser')]) {
      for (const id of [sessionId, sessionId.toUpperCase(), newJti(), '0', '-1', 'abc', '99999999999999999999', '%00', "'%20OR%201=1"]) {
        const response = await call('DELETE', `${SESSIONS}${id}/`, { as: token })
        expect([id, response.status, response.text]).toEqual([id, 404, '{"error":"Session not found."}'])
      }
    }
    expect((await call('GET', SESSIONS, { as: owner.token })).status).toBe(200)
  })

  test('DELETE of the list ends all sessions except the current one', async () => {
    const account = await withAllCredentials()
    const response = await call('DELETE', SESSIONS, { as: account.watch })
    expect([response.status, response.text]).toEqual([200, '{"revoked":3}'])
    expect((await call('GET', '/session/', { as: account.token })).status).toBe(401)
    expect((await call('GET', '/session/', { as: account.access })).status).toBe(401)
    expect((await call('GET', '/session/', { headers: account.cookie })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: account.refresh } })).status).toBe(401)
    const remaining = await call('GET', SESSIONS, { as: account.watch })
    expect([rows(remaining).length, at(remaining, 0, 'current')]).toEqual([1, true])
    expect((await call('DELETE', SESSIONS, { as: account.watch })).text).toBe('{"revoked":0}')
  })

  test('DELETE of the list ends no session of another account', async () => {
    const other = await person()
    const { token } = await person()
    await call('DELETE', SESSIONS, { as: token })
    expect((await call('GET', SESSIONS, { as: other.token })).status).toBe(200)
  })

  test('a user agent is cut to 200 characters', async () => {
    const { username } = await person()
    const response = await call('POST', '/login', { json: { username, password: PASSWORD }, headers: { 'User-Agent': 'u'.repeat(3000) } })
    const listed = await call('GET', SESSIONS, { as: `Token ${textAt(response, 'token')}` })
    expect(textAt(listed, 0, 'user_agent')).toHaveLength(200)
  })
})
