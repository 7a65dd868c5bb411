import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type Heard, textAt } from '../support/call.ts'
import { accountRow, keysAt, sessionIn, setActive } from '../support/contracts.ts'
import { freshName, PASSWORD, person, personWith } from '../support/people.ts'
import { forge, newJti } from '../support/test-tokens.ts'

const REQUIRED = ['This field is required.']
const SHORT = 'This password is too short. It must contain at least 8 characters.'
const BOTH = '{"error":"Username and password are required."}'
const INVALID = '{"error":"Invalid credentials."}'
const SESSIONS = '/api/v1/user/sessions/'

const register = (json: unknown) => call('POST', '/api/v1/user/registration/', { json })

describe('POST /api/v1/user/registration/', () => {
  test.each(['/api/v1/user/registration/', '/api/v1/user/registration'])('%s', async (path) => {
    const username = freshName()
    const heard = await call('POST', path, { json: { username, email: `${username}@example.com`, password: 'password123' } })
    expect([heard.status, heard.text]).toEqual([201, '{"message":"User Created"}'])
    expect(heard.headers.get('Content-Type')).toBe('application/json')
    expect(await accountRow(username)).toMatchObject({ username, email: `${username}@example.com`, is_active: 1, is_admin: 0 })
  })

  test('an e-mail address may be left out, or be "", by many', async () => {
    for (const given of [{}, { email: '' }, {}, { email: ' ' }]) {
      expect((await register({ username: freshName(), password: PASSWORD, ...given })).status).toBe(201)
    }
  })

  test('it takes a form', async () => {
    const heard = await call('POST', '/api/v1/user/registration/', { form: { username: freshName(), email: '', password: PASSWORD } })
    expect(heard.status).toBe(201)
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
    const heard = await register(json)
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('400 for what is taken, told together with everything else', async () => {
    const { username, email } = await person('UniqueField')
    const heard = await register({ username: username.toLowerCase(), email: email.toUpperCase(), password: '1' })
    const expected = {
      username: ['A user with that username already exists.'],
      email: ['A user with this email already exists.'],
      password: [SHORT, 'This password is entirely numeric.'],
    }
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
    const alone = await register({ username: ` ${username} `, password: PASSWORD })
    expect([alone.status, alone.text]).toEqual([400, JSON.stringify({ username: expected.username })])
  })
})

describe('POST /api/v1/user/login/', () => {
  test.each(['/api/v1/user/login/', '/api/v1/user/login'])('%s', async (path) => {
    const { username } = await person('Login')
    const heard = await call('POST', path, { as: 'Token stale', json: { username: username.toUpperCase(), password: PASSWORD } })
    const token = textAt(heard, 'token')
    expect([heard.status, heard.text]).toEqual([200, `{"token":"${token}"}`])
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
      const heard = await call('POST', '/api/v1/user/login/', { json })
      expect([heard.status, heard.text]).toEqual([401, INVALID])
      expect(heard.headers.get('WWW-Authenticate')).toBe('Token')
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
    const heard = await call('POST', '/api/v1/user/login/', { json })
    expect([heard.status, heard.text]).toEqual([400, BOTH])
  })
})

describe('POST /api/v1/user/logout/', () => {
  test.each(['/api/v1/user/logout/', '/api/v1/user/logout'])('%s', async (path) => {
    const { token } = await person()
    const heard = await call('POST', path, { as: token })
    expect([heard.status, heard.text]).toEqual([200, '{"message":"Logged out."}'])
    const after = await call('POST', path, { as: token })
    expect([after.status, after.text]).toEqual([401, '{"detail":"Invalid token."}'])
  })
})

describe('who is let in', () => {
  test.each([
    ['POST', '/api/v1/user/logout/'],
    ['GET', '/api/v1/user/sessions/'],
    ['DELETE', '/api/v1/user/sessions/'],
    ['DELETE', '/api/v1/user/sessions/0f8fad5bd9cb469fa16570867728950e/'],
  ])('%s %s: the five texts', async (method, path) => {
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
      [`Token ${await forge()}`, 'Invalid token.'],
      [`Token ${await forge({ expiresIn: -3600 })}`, 'Invalid token.'],
      [`Token ${await forge({ issuer: 'somebody else' })}`, 'Invalid token.'],
      [`Token ${refresh}`, 'Invalid token.'],
      [inactive.token, 'User inactive or deleted.'],
    ]
    for (const [as, detail] of cases) {
      const heard = await call(method, path, { as })
      expect([as, heard.status, heard.text]).toEqual([as, 401, JSON.stringify({ detail })])
      expect(heard.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test.each([
    ['GET', '/api/v1/user/login/', 'OPTIONS, POST'],
    ['PUT', '/api/v1/user/registration', 'OPTIONS, POST'],
  ])('%s %s is answered 405', async (method, path, allow) => {
    const heard = await call(method, path)
    expect([heard.status, heard.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(heard.headers.get('Allow')).toBe(allow)
  })
})

describe(SESSIONS, () => {
  /** Somebody with one credential of each kind, and what each of them is. */
  const everywhere = async () => {
    const someone = await person()
    const json = { username: someone.username, password: PASSWORD }
    const headers = (agent: string) => ({ 'User-Agent': agent })
    const seated = await call('POST', '/api/sessions/', { json, headers: headers('a browser') })
    const pair = await call('POST', '/api/token/', { json, headers: headers('a phone') })
    const login = await call('POST', '/api/v1/user/login/', { json, headers: headers('a watch') })
    return {
      ...someone,
      cookie: { Cookie: `sessionid=${sessionIn(seated)}` },
      access: `Bearer ${textAt(pair, 'access')}`,
      refresh: textAt(pair, 'refresh'),
      watch: `Token ${textAt(login, 'token')}`,
    }
  }

  const rows = (heard: Heard): Record<string, unknown>[] => (Array.isArray(heard.json) ? heard.json : [])
  const idOf = (heard: Heard, kind: string): string => String(rows(heard).find((row) => row.kind === kind)?.id)

  test('lists every live credential, the newest first, and shows no token', async () => {
    const someone = await everywhere()
    for (const path of [SESSIONS, SESSIONS.slice(0, -1)]) {
      const heard = await call('GET', path, { as: someone.watch })
      expect(heard.status).toBe(200)
      expect(keysAt(heard, 0)).toEqual(['id', 'kind', 'created_at', 'last_seen', 'user_agent', 'current'])
      expect(
        rows(heard)
          .map((row) => [row.kind, row.user_agent, row.current])
          .sort(),
      ).toEqual([
        ['pair', 'a phone', false],
        ['session', 'a browser', false],
        ['token', '', false],
        ['token', 'a watch', true],
      ])
      const made = rows(heard).map((row) => Date.parse(String(row.created_at)))
      expect(made).toEqual([...made].sort((a, b) => b - a))
      expect(rows(heard).every((row) => row.last_seen === new Date().toISOString().slice(0, 10))).toBe(true)
      for (const token of [someone.watch, someone.token, someone.access, someone.refresh, someone.cookie.Cookie]) {
        expect(heard.text).not.toContain(token.replace(/^(Token|Bearer) |^sessionid=/, ''))
      }
      expect(heard.text).not.toContain('eyJ')
    }
  })

  test('an access token is its pair, and a cookie its session', async () => {
    const someone = await everywhere()
    const byAccess = await call('GET', SESSIONS, { as: someone.access })
    expect(
      rows(byAccess)
        .filter((row) => row.current)
        .map((row) => row.kind),
    ).toEqual(['pair'])
    const byCookie = await call('GET', SESSIONS, { headers: someone.cookie })
    expect(
      rows(byCookie)
        .filter((row) => row.current)
        .map((row) => row.kind),
    ).toEqual(['session'])
  })

  test('leaves out what has run out', async () => {
    const { id, token } = await person()
    await env.DB.prepare(
      "INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 1, 2, '1970-01-01')",
    )
      .bind(newJti(), id)
      .run()
    expect(rows(await call('GET', SESSIONS, { as: token }))).toHaveLength(1)
  })

  test('DELETE of one ends that one, once', async () => {
    const someone = await everywhere()
    const listed = await call('GET', SESSIONS, { as: someone.watch })
    const path = `${SESSIONS}${idOf(listed, 'pair')}/`
    const heard = await call('DELETE', path, { as: someone.watch })
    expect([heard.status, heard.text]).toEqual([204, ''])
    expect((await call('GET', '/api/profile/', { as: someone.access })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: someone.refresh } })).status).toBe(401)
    expect((await call('GET', '/api/users/me/', { headers: someone.cookie })).status).toBe(200)
    const again = await call('DELETE', path.slice(0, -1), { as: someone.watch })
    expect([again.status, again.text]).toEqual([404, '{"error":"Session not found."}'])
    expect(rows(await call('GET', SESSIONS, { as: someone.watch }))).toHaveLength(3)
  })

  test('DELETE of the one that asks logs out', async () => {
    const { token } = await person()
    const [row] = rows(await call('GET', SESSIONS, { as: token }))
    expect((await call('DELETE', `${SESSIONS}${row?.id}/`, { as: token })).status).toBe(204)
    expect((await call('GET', SESSIONS, { as: token })).status).toBe(401)
  })

  test("404 for somebody else's, for staff too, and for what is no id", async () => {
    const owner = await person()
    const theirs = String(rows(await call('GET', SESSIONS, { as: owner.token }))[0]?.id)
    for (const { token } of [await person(), await personWith('is_admin', 'is_staff', 'is_superuser')]) {
      for (const id of [theirs, theirs.toUpperCase(), newJti(), '0', '-1', 'abc', '99999999999999999999', '%00', "'%20OR%201=1"]) {
        const heard = await call('DELETE', `${SESSIONS}${id}/`, { as: token })
        expect([id, heard.status, heard.text]).toEqual([id, 404, '{"error":"Session not found."}'])
      }
    }
    expect((await call('GET', SESSIONS, { as: owner.token })).status).toBe(200)
  })

  test('DELETE of the list ends all but the one that asks', async () => {
    const someone = await everywhere()
    const heard = await call('DELETE', SESSIONS, { as: someone.watch })
    expect([heard.status, heard.text]).toEqual([200, '{"revoked":3}'])
    expect((await call('GET', '/session/', { as: someone.token })).status).toBe(401)
    expect((await call('GET', '/session/', { as: someone.access })).status).toBe(401)
    expect((await call('GET', '/session/', { headers: someone.cookie })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: someone.refresh } })).status).toBe(401)
    const left = await call('GET', SESSIONS, { as: someone.watch })
    expect([rows(left).length, at(left, 0, 'current')]).toEqual([1, true])
    expect((await call('DELETE', SESSIONS, { as: someone.watch })).text).toBe('{"revoked":0}')
  })

  test("touches nobody else's", async () => {
    const other = await person()
    const { token } = await person()
    await call('DELETE', SESSIONS, { as: token })
    expect((await call('GET', SESSIONS, { as: other.token })).status).toBe(200)
  })

  test('a user agent is kept as far as it is of use', async () => {
    const { username } = await person()
    const heard = await call('POST', '/login', { json: { username, password: PASSWORD }, headers: { 'User-Agent': 'u'.repeat(3000) } })
    const listed = await call('GET', SESSIONS, { as: `Token ${textAt(heard, 'token')}` })
    expect(textAt(listed, 0, 'user_agent')).toHaveLength(200)
  })
})
