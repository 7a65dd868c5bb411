import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import worker from '../../src/index.ts'
import { at, call, readResponse, type TestResponse, textAt } from '../support/call.ts'
import { accountRow, keysAt, sessionIn, setActive } from '../support/contracts.ts'
import { documented } from '../support/documented.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'
import { signTestToken } from '../support/test-tokens.ts'

const countSessions = (accountId: unknown): Promise<number | null> =>
  env.DB.prepare('SELECT count(*) AS n FROM credentials WHERE account_id = ?').bind(accountId).first<number>('n')

const JSON_TYPE = { 'Content-Type': 'application/json' }
const SECRET = 'secret password'
const NOT_PROVIDED = '{"detail":"Authentication credentials were not provided."}'
const CROSS_SITE = '{"detail":"CSRF Failed: Origin checking failed."}'
const SHORT = 'This password is too short. It must contain at least 8 characters.'
const COMMON = 'This password is too common.'
const NUMERIC = 'This password is entirely numeric.'
const REQUIRED = 'This field is required.'
const USER_KEYS = ['id', 'username', 'firstName', 'lastName', 'display_name', 'facility_id', 'profile_picture', 'consent', 'preferences']

const registration = (username = freshName()) => ({
  username,
  password: SECRET,
  password_confirm: SECRET,
  display_name: 'John',
  facility_id: '234',
})

const userText = (id: unknown, username: string, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id,
    username,
    firstName: '',
    lastName: '',
    display_name: 'John',
    facility_id: '234',
    profile_picture: '',
    consent: false,
    preferences: { theme: 'light', text_size: 'txt-base' },
    ...fields,
  })

/** A user who has registered, with the session cookie as the only credential. */
const userWithSession = async () => {
  const username = freshName('session')
  const response = await call('POST', '/api/users/', { json: registration(username) })
  return { username, id: at(response, 'data', 'user', 'id'), cookie: { Cookie: `sessionid=${sessionIn(response)}` } }
}

const expectSessionCookie = (response: TestResponse): void => {
  const cookie = response.headers.get('Set-Cookie') ?? ''
  expect(cookie.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=1209600', 'Path=/', 'SameSite=Lax', 'Secure'])
}

describe("the contract document's own requests, to the letter", () => {
  test('register, log in, read the own data, log out', async () => {
    const registered = await call('POST', '/api/users/', {
      headers: JSON_TYPE,
      body: `{
      "username": "JohnSmith",
      "password": "secret password",
      "password_confirm": "secret password",
      "display_name": "John",
      "facility_id": "234"
    }`,
    })
    const user = userText(at(registered, 'data', 'user', 'id'), 'JohnSmith')
    expect([registered.status, registered.text]).toEqual([201, `{"detail":"Registration successful","data":{"user":${user}}}`])
    expect(registered.headers.get('Content-Type')).toBe('application/json')
    expectSessionCookie(registered)

    const loggedIn = await call('POST', '/api/sessions/', {
      headers: JSON_TYPE,
      body: `{
      "username": "JohnSmith",
      "password": "secret password"
    }`,
    })
    expect([loggedIn.status, loggedIn.text]).toEqual([200, `{"detail":"Login successful","data":{"user":${user}}}`])
    expectSessionCookie(loggedIn)
    expect(sessionIn(loggedIn)).not.toBe(sessionIn(registered))

    const headers = { Cookie: `sessionid=${sessionIn(loggedIn)}` }
    const me = await call('GET', '/api/users/me/', { headers })
    expect([me.status, me.text]).toEqual([200, `{"data":{"user":${user}}}`])

    const out = await call('DELETE', '/api/sessions/', { headers: { ...headers, ...JSON_TYPE } })
    expect([out.status, out.text]).toEqual([200, '{"detail":"Logout successful"}'])
    const again = await call('GET', '/api/users/me/', { headers })
    expect([again.status, again.text]).toEqual([401, NOT_PROVIDED])
    expect((await call('GET', '/api/users/me/', { headers: { Cookie: `sessionid=${sessionIn(registered)}` } })).status).toBe(200)
  })
})

describe('POST /api/users/', () => {
  test('without the slash, with all optional fields, as a form', async () => {
    const username = freshName()
    const form = {
      ...registration(username),
      consent: 'true',
      first_name: 'John',
      last_name: 'Smith',
      email: `${username}@example.com`,
      is_admin: 'true',
    }
    const response = await call('POST', '/api/users', { form })
    expect(response.status).toBe(201)
    expect(at(response, 'data', 'user')).toEqual({
      id: expect.any(Number),
      username,
      firstName: 'John',
      lastName: 'Smith',
      display_name: 'John',
      facility_id: '234',
      profile_picture: '',
      consent: true,
      preferences: { theme: 'light', text_size: 'txt-base' },
    })
    expect(keysAt(response, 'data', 'user')).toEqual(USER_KEYS)
    expect(await accountRow(username)).toMatchObject({ email: `${username}@example.com`, is_admin: 0 })
    expect(response.text).not.toContain(SECRET)
  })

  test('logs in: the cookie is valid at once', async () => {
    const { cookie, username } = await userWithSession()
    expect(at(await call('GET', '/api/users/me', { headers: cookie }), 'data', 'user', 'username')).toBe(username)
  })

  test('over plain HTTP the cookie has no Secure attribute', async () => {
    const response = await call('POST', 'http://concord.test/api/users/', { json: registration() })
    expect(response.status).toBe(201)
    expect(response.headers.get('Set-Cookie')).toMatch(/^sessionid=[\w.-]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test.each<[string, unknown, unknown]>([
    [
      '1. missing fields',
      {},
      {
        detail: {
          username: REQUIRED,
          password: REQUIRED,
          password_confirm: REQUIRED,
          display_name: REQUIRED,
          facility_id: REQUIRED,
        },
      },
    ],
    [
      '2. a password that breaks every rule',
      { ...registration('unused'), password: '1234567', password_confirm: '1234567' },
      { detail: { password: [SHORT, COMMON, NUMERIC] } },
    ],
    [
      '2. a password that breaks one rule',
      { ...registration('unused'), password: 'password123', password_confirm: 'password123' },
      { detail: { password: [COMMON] } },
    ],
    [
      '2. a common password in another case',
      { ...registration('unused'), password: ' PassWord123 ', password_confirm: 'x' },
      { detail: { password: [COMMON] } },
    ],
    [
      "3. passwords that don't match",
      { ...registration('unused'), password_confirm: 'other password' },
      { detail: "Password fields didn't match." },
    ],
    [
      '5. a display name that is too short',
      { ...registration('unused'), display_name: 'J' },
      { detail: { display_name: 'Ensure this field has at least 2 characters.' } },
    ],
    [
      '5. values that are too long',
      { ...registration('unused'), display_name: 'J'.repeat(51), facility_id: '2'.repeat(51) },
      {
        detail: {
          display_name: 'Ensure this field has no more than 50 characters.',
          facility_id: 'Ensure this field has no more than 50 characters.',
        },
      },
    ],
    [
      'missing and wrongly sized fields together, before the password rules and the mismatch',
      { username: 'unused', password: '1', password_confirm: '2', display_name: 'J' },
      { detail: { display_name: 'Ensure this field has at least 2 characters.', facility_id: REQUIRED } },
    ],
    [
      "the password's rules before the mismatch",
      { ...registration('unused'), password: '1234', password_confirm: '4321' },
      { detail: { password: [SHORT, COMMON, NUMERIC] } },
    ],
    [
      'blanks and nulls',
      { ...registration(''), password: null, display_name: ' ', facility_id: null, first_name: null },
      {
        detail: {
          username: 'This field may not be blank.',
          password: 'This field may not be null.',
          display_name: 'This field may not be blank.',
          facility_id: 'This field may not be null.',
          first_name: 'This field may not be null.',
        },
      },
    ],
    [
      'wrong types',
      { ...registration('unused'), username: true, facility_id: [], consent: 'perhaps', email: 'invalid' },
      {
        detail: {
          username: 'Not a valid string.',
          facility_id: 'Not a valid string.',
          consent: 'Must be a valid boolean.',
          email: 'Enter a valid email address.',
        },
      },
    ],
    ['a list', [], { detail: { non_field_errors: 'Invalid data. Expected a dictionary, but got list.' } }],
  ])('400: %s', async (_what, json, expected) => {
    const response = await call('POST', '/api/users/', { json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
    expect(response.headers.has('Set-Cookie')).toBe(false)
  })

  test('400: 4. a username in use, after all other checks', async () => {
    const { username } = await person('UniqueField')
    for (const name of [username, username.toUpperCase(), ` ${username} `]) {
      const response = await call('POST', '/api/users/', { json: registration(name) })
      expect([response.status, response.text]).toEqual([400, '{"detail":"username: A user with that username already exists."}'])
      expect(response.headers.has('Set-Cookie')).toBe(false)
    }
    const mismatch = await call('POST', '/api/users/', { json: { ...registration(username), password_confirm: 'other password' } })
    expect(mismatch.text).toBe('{"detail":"Password fields didn\'t match."}')
    const weak = await call('POST', '/api/users/', { json: { ...registration(username), password: 'pass123' } })
    expect(weak.text).toBe(JSON.stringify({ detail: { password: [SHORT, COMMON] } }))
    const missing = await call('POST', '/api/users/', { json: { ...registration(username), display_name: undefined } })
    expect(missing.text).toBe(JSON.stringify({ detail: { display_name: REQUIRED } }))
  })

  test.each([{}, { facility_id: '' }, { facility: '234' }])(
    'the facility is optional (%j), as the published clients need it',
    async (fields) => {
      const { facility_id: _facility, ...json } = registration()
      const response = await call('POST', '/api/users/', { json: { ...json, ...fields } })
      expect([response.status, at(response, 'data', 'user', 'facility_id')]).toEqual([201, ''])
    },
  )

  test('a blank facility is not reported beside other errors, a missing one is', async () => {
    const json = { ...registration(), display_name: 'J' }
    const short = 'Ensure this field has at least 2 characters.'
    expect((await call('POST', '/api/users/', { json: { ...json, facility_id: '' } })).json).toEqual({ detail: { display_name: short } })
    expect((await call('POST', '/api/users/', { json: { ...json, facility_id: undefined } })).text).toBe(
      JSON.stringify({ detail: { display_name: short, facility_id: REQUIRED } }),
    )
  })

  test('400 for an e-mail address in use, in the same form', async () => {
    const { email } = await person()
    const response = await call('POST', '/api/users/', { json: { ...registration(), email: email.toUpperCase() } })
    expect([response.status, response.text]).toEqual([400, '{"detail":"email: A user with this email already exists."}'])
  })

  test('a malformed body, another content type, and a body that is too large', async () => {
    const malformed = await call('POST', '/api/users/', { headers: JSON_TYPE, body: '{"username":' })
    expect([malformed.status, keysAt(malformed)]).toEqual([400, ['detail']])
    const other = await call('POST', '/api/users/', { headers: { 'Content-Type': 'text/plain' }, body: 'x' })
    expect([other.status, other.text]).toEqual([415, '{"detail":"Unsupported media type \\"text/plain\\" in request."}'])
    for (const type of ['__proto__', 'constructor', 'toString']) {
      const response = await call('POST', '/api/users/', { headers: { 'Content-Type': type }, body: JSON.stringify(registration()) })
      expect([type, response.status]).toEqual([type, 415])
    }
    const large = await call('POST', '/api/users/', { json: { ...registration(), display_name: 'x'.repeat(1024 * 1024) } })
    expect([large.status, keysAt(large)]).toEqual([413, ['detail']])
  })

  test('the X-CSRFToken header of its clients is ignored', async () => {
    const response = await call('POST', '/api/users/', { headers: { 'X-CSRFToken': 'whatever' }, json: registration() })
    expect(response.status).toBe(201)
  })
})

describe('POST /api/sessions/', () => {
  test('accepts the username in any case, without the slash, as a form, and with a stale cookie', async () => {
    const { username, id } = await userWithSession()
    const form = { username: ` ${username.toUpperCase()}`, password: SECRET }
    const response = await call('POST', '/api/sessions', { form, headers: { Cookie: 'sessionid=stale' } })
    expect([response.status, response.text]).toEqual([200, `{"detail":"Login successful","data":{"user":${userText(id, username)}}}`])
  })

  test('a user of another contract has default values', async () => {
    const { id, username } = await person()
    const response = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
    const user = userText(id, username, { display_name: '', facility_id: '' })
    expect([response.status, response.text]).toEqual([200, `{"detail":"Login successful","data":{"user":${user}}}`])
  })

  test('401 for a wrong password, an unknown name, and an inactive account: one text', async () => {
    const { username } = await userWithSession()
    const inactive = await userWithSession()
    await setActive(inactive.username, false)
    for (const json of [
      { username, password: 'wrong password' },
      { username: freshName('unknown'), password: SECRET },
      { username: inactive.username, password: SECRET },
      { username: inactive.username, password: 'wrong password' },
    ]) {
      const response = await call('POST', '/api/sessions/', { json })
      expect([response.status, response.text]).toEqual([401, '{"detail":"Invalid credentials"}'])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
      expect(response.headers.has('Set-Cookie')).toBe(false)
    }
  })

  test.each<[unknown]>([
    [{}],
    [{ username: 'x' }],
    [{ password: 'x' }],
    [{ username: '', password: '' }],
    [{ username: null, password: null }],
    [[]],
    [{ username: true, password: {} }],
  ])('400 for %j', async (json) => {
    const response = await call('POST', '/api/sessions/', { json })
    expect([response.status, response.text]).toEqual([400, '{"detail":"Both username and password are required."}'])
  })
})

describe('DELETE /api/sessions/', () => {
  test('clears the cookie with its attributes, and ends the session in every contract', async () => {
    const { cookie } = await userWithSession()
    const response = await call('DELETE', '/api/sessions', { headers: cookie })
    expect([response.status, response.text]).toEqual([200, '{"detail":"Logout successful"}'])
    const cleared = response.headers.get('Set-Cookie') ?? ''
    expect(cleared.split('; ').sort()).toEqual(['HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Lax', 'Secure', 'sessionid='])
    for (const path of ['/api/users/me/', '/session/', '/api/profile/', '/api/v1/user/sessions/']) {
      expect([path, (await call('GET', path, { headers: cookie })).status]).toEqual([path, 401])
    }
    expect((await call('DELETE', '/api/sessions/', { headers: cookie })).status).toBe(401)
  })

  test('ends a token of another contract as well', async () => {
    const { token } = await person()
    expect((await call('DELETE', '/api/sessions/', { as: token })).status).toBe(200)
    expect((await call('GET', '/session/', { as: token })).status).toBe(401)
  })
})

describe('/api/users/me/', () => {
  test('GET has no detail, and the user object is complete and in order', async () => {
    const { id, username, cookie } = await userWithSession()
    const response = await call('GET', '/api/users/me', { headers: cookie })
    expect([response.status, response.text]).toEqual([200, `{"data":{"user":${userText(id, username)}}}`])
  })

  test('PATCH changes only the fields that are sent', async () => {
    const { id, username, cookie } = await userWithSession()
    let user = {}
    for (const [changes, expectedChanges] of [
      [{ display_name: 'Johnny' }, { display_name: 'Johnny' }],
      [
        { first_name: 'John', last_name: 'Smith' },
        { firstName: 'John', lastName: 'Smith' },
      ],
      [{ facility_id: 235 }, { facility_id: '235' }],
      [{ profile_picture: 'https://example.com/a.png' }, { profile_picture: 'https://example.com/a.png' }],
      [{ profile_picture: '/profile_pictures/3.jpg' }, { profile_picture: '/profile_pictures/3.jpg' }],
      [{ profile_picture: 'avatar.jpg' }, { profile_picture: 'avatar.jpg' }],
      [{ consent: true }, { consent: true }],
      [{ theme: 'dark' }, { preferences: { theme: 'dark', text_size: 'txt-base' } }],
      [{ text_size: 'txt-xl' }, { preferences: { theme: 'dark', text_size: 'txt-xl' } }],
      [{ theme: 'high-contrast', text_size: 'txt-sm' }, { preferences: { theme: 'high-contrast', text_size: 'txt-sm' } }],
      [{}, {}],
      [{ profile_picture: null }, { profile_picture: '' }],
      [
        { profile_picture: '', first_name: '', consent: 'false' },
        { firstName: '', consent: false },
      ],
      [{ username: 'other', id: 1, is_admin: true, password: 'other password' }, {}],
    ]) {
      user = { ...user, ...expectedChanges }
      const response = await call('PATCH', '/api/users/me/', { headers: cookie, json: changes })
      const expected = `{"detail":"User information updated successfully","data":{"user":${userText(id, username, user)}}}`
      expect([changes, response.status, response.text]).toEqual([changes, 200, expected])
    }
    expect((await call('GET', '/api/users/me/', { headers: cookie })).text).toBe(`{"data":{"user":${userText(id, username, user)}}}`)
    expect(await accountRow(username)).toMatchObject({ is_admin: 0 })
    expect((await call('POST', '/api/sessions/', { json: { username, password: SECRET } })).status).toBe(200)
  })

  test('PATCH accepts both form encodings', async () => {
    const { cookie } = await userWithSession()
    const multipart = new FormData()
    multipart.set('display_name', 'Multi')
    const response = await call('PATCH', '/api/users/me', { headers: cookie, body: multipart })
    expect([response.status, at(response, 'data', 'user', 'display_name')]).toEqual([200, 'Multi'])
    const form = await call('PATCH', '/api/users/me', { headers: cookie, form: { display_name: 'Form', consent: 'on' } })
    expect(at(form, 'data', 'user')).toMatchObject({ display_name: 'Form', consent: true })
  })

  test('PATCH creates the profile of a user of another contract', async () => {
    const { id, username, token } = await person()
    const response = await call('PATCH', '/api/users/me/', { as: token, json: { facility_id: '99' } })
    expect(at(response, 'data', 'user')).toEqual(JSON.parse(userText(id, username, { display_name: '', facility_id: '99' })))
  })

  test.each<[unknown, unknown]>([
    [
      { display_name: 'J', facility_id: '' },
      { display_name: 'Ensure this field has at least 2 characters.', facility_id: 'This field may not be blank.' },
    ],
    [
      { display_name: null, first_name: true },
      { display_name: 'This field may not be null.', first_name: 'Not a valid string.' },
    ],
    [{ last_name: 'x'.repeat(151) }, { last_name: 'Ensure this field has no more than 150 characters.' }],
    [{ consent: null }, { consent: 'This field may not be null.' }],
    [{ consent: 'maybe' }, { consent: 'Must be a valid boolean.' }],
    [{ profile_picture: 'my picture.png' }, { profile_picture: 'Enter a valid URL.' }],
    [{ profile_picture: 'data:image/png;base64,AAAA' }, { profile_picture: 'Enter a valid URL.' }],
    [{ profile_picture: `/${'p'.repeat(500)}` }, { profile_picture: 'Ensure this field has no more than 500 characters.' }],
    // An uploaded picture of somebody: erasing this account would remove it.
    [{ profile_picture: '/media/profile_img/0f8b6f0d6c1e4a4c9b1f3a5d7e9c2b4a.jpg' }, { profile_picture: 'Enter a valid URL.' }],
    [{ theme: 'blue' }, { non_field_errors: 'Theme is not a valid option.' }],
    [{ text_size: 14 }, { non_field_errors: 'Text size is not a valid option.' }],
    [
      { theme: '', text_size: 'big', consent: 'maybe' },
      { consent: 'Must be a valid boolean.', non_field_errors: ['Theme is not a valid option.', 'Text size is not a valid option.'] },
    ],
    [{ profile_picture: 'javascript:alert(1)' }, { profile_picture: 'Enter a valid URL.' }],
    [{ profile_picture: 'https://x"><script>' }, { profile_picture: 'Enter a valid URL.' }],
    [{ display_name: 'a\u0000b' }, { display_name: 'Null characters are not allowed.' }],
    ['text', { non_field_errors: 'Invalid data. Expected a dictionary, but got str.' }],
  ])('PATCH answers 400 for %j', async (json, detail) => {
    const { cookie, id, username } = await userWithSession()
    const response = await call('PATCH', '/api/users/me/', { headers: cookie, json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify({ detail })])
    expect((await call('GET', '/api/users/me/', { headers: cookie })).text).toBe(`{"data":{"user":${userText(id, username)}}}`)
  })
})

describe('authentication and methods', () => {
  test.each([
    ['GET', '/api/users/me/'],
    ['PATCH', '/api/users/me'],
    ['DELETE', '/api/sessions/'],
  ])('%s %s without a valid session gets one text', async (method, path) => {
    const inactive = await userWithSession()
    await setActive(inactive.username, false)
    const attempts: Record<string, string>[] = [
      {},
      { Cookie: 'sessionid=' },
      { Cookie: 'sessionid=nonsense' },
      { Cookie: 'other=1; csrftoken=2' },
      { Cookie: `sessionid=${await signTestToken({ type: 'session' })}` },
      { Cookie: `sessionid=${await signTestToken({ type: 'session', expiresIn: -60 })}` },
      { Authorization: 'Basic dXNlcjpwYXNz' },
      inactive.cookie,
    ]
    for (const headers of attempts) {
      const response = await call(method, path, { headers, ...(method === 'PATCH' && { json: { display_name: '' } }) })
      expect([headers, response.status, response.text]).toEqual([headers, 401, NOT_PROVIDED])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test('a token of another contract gets a text that names its problem', async () => {
    const inactive = await person()
    await setActive(inactive.username, false)
    for (const [as, detail] of [
      ['Bearer', 'Invalid token header. No credentials provided.'],
      ['Token nonsense', 'Invalid token.'],
      [inactive.token, 'User inactive or deleted.'],
    ] as const) {
      const response = await call('GET', '/api/users/me/', { as })
      expect([response.status, response.text]).toEqual([401, JSON.stringify({ detail })])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test('the session cookie is found among others', async () => {
    const { cookie } = await userWithSession()
    const response = await call('GET', '/api/users/me/', { headers: { Cookie: `a=b; ${cookie.Cookie}; csrftoken=x` } })
    expect(response.status).toBe(200)
  })

  test.each([
    ['PUT', '/api/sessions/', 'DELETE, OPTIONS, POST'],
    ['GET', '/api/sessions', 'DELETE, OPTIONS, POST'],
    ['PUT', '/api/users/me/', 'GET, HEAD, OPTIONS, PATCH'],
    ['DELETE', '/api/users/', 'GET, HEAD, OPTIONS, POST'],
  ])('%s %s gets a 405 that lists every method of the path', async (method, path, allow) => {
    const response = await call(method, path)
    expect([response.status, response.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(response.headers.get('Allow')).toBe(allow)
  })
})

describe('requests from other sites', () => {
  const patch = (headers: Record<string, string>) => call('PATCH', '/api/users/me/', { headers, json: { consent: true } })

  test.each<[string, Record<string, string>]>([
    ['a client that sends neither header', {}],
    ['the same origin, by the Origin header', { Origin: 'https://concord.test' }],
    ['the same origin, by both headers', { Origin: 'https://concord.test', 'Sec-Fetch-Site': 'same-origin' }],
    ['the same origin, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }],
  ])('a cookie is accepted from %s', async (_what, headers) => {
    const { cookie } = await userWithSession()
    expect((await patch({ ...cookie, ...headers })).status).toBe(200)
  })

  test.each<[string, Record<string, string>]>([
    ['another origin', { Origin: 'https://evil.test' }],
    ['the same host on another port', { Origin: 'https://concord.test:8443' }],
    ['the same host over plain HTTP', { Origin: 'http://concord.test' }],
    ['a host that begins with the same name', { Origin: 'https://concord.test.evil.test' }],
    ['an opaque origin', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another origin, with a CSRF token', { Origin: 'https://evil.test', 'X-CSRFToken': 'x' }],
  ])('a cookie is rejected from %s, and nothing is changed', async (_what, headers) => {
    const { cookie } = await userWithSession()
    for (const response of [
      await patch({ ...cookie, ...headers }),
      await call('DELETE', '/api/sessions/', { headers: { ...cookie, ...headers } }),
    ]) {
      expect([response.status, response.text]).toEqual([403, CROSS_SITE])
      expect(response.headers.has('WWW-Authenticate')).toBe(false)
    }
    const me = await call('GET', '/api/users/me/', { headers: { ...cookie, ...headers } })
    expect([me.status, at(me, 'data', 'user', 'consent')]).toEqual([200, false])
  })

  test('the check holds for unsafe requests of every contract', async () => {
    const { cookie } = await userWithSession()
    const headers = { ...cookie, Origin: 'https://evil.test' }
    for (const [method, path] of [
      ['POST', '/session/'],
      ['PUT', '/api/profile/update/'],
      ['PUT', '/users/byId/'],
      ['DELETE', '/api/v1/user/sessions/'],
      ['POST', '/user/logout/'],
    ] as const) {
      const response = await call(method, path, { headers, json: {} })
      expect([path, response.status, response.text]).toEqual([path, 403, CROSS_SITE])
    }
  })

  test('the check holds for every GET request that changes something, and for no other', async () => {
    const { cookie, id } = await userWithSession()
    for (const { method, path, changesState } of contracts.flatMap(({ routes }) => routes)) {
      if (method !== 'GET' || path.startsWith('/ws/')) continue
      const url = path.replaceAll(/\{\w+\}/g, String(id))
      const response = await call('GET', url, { headers: { ...cookie, 'Sec-Fetch-Site': 'cross-site' } })
      expect([path, response.text === CROSS_SITE]).toEqual([path, changesState])
    }
    // A followed link of another site cannot trigger an alarm. Our own page, and a typed address, can.
    const trigger = (headers: Record<string, string>) => call('GET', `/api/v1/event/trigger/${id}/`, { headers: { ...cookie, ...headers } })
    expect((await trigger({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' })).text).toBe(CROSS_SITE)
    expect((await trigger({ 'Sec-Fetch-Site': 'same-origin' })).text).not.toBe(CROSS_SITE)
    expect((await trigger({ 'Sec-Fetch-Site': 'none' })).text).not.toBe(CROSS_SITE)
  })

  test('the check does not apply to a token in the header, which no browser sends by itself', async () => {
    const { token } = await person()
    const { cookie } = await userWithSession()
    const headers = { Authorization: token, Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' }
    expect((await patch(headers)).status).toBe(200)
    expect((await patch({ ...headers, ...cookie })).status).toBe(200)
  })

  test('an invalid cookie from another site gets a 401, not a 403', async () => {
    const response = await patch({ Cookie: 'sessionid=invalid', Origin: 'https://evil.test' })
    expect([response.status, response.text]).toEqual([401, NOT_PROVIDED])
  })

  test.each([{ Origin: 'https://evil.test' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }])(
    'a log-in that would set the cookie is rejected from another site (%j), and creates no session',
    async (headers) => {
      const { username, id } = await userWithSession()
      for (const input of [{ json: { username, password: SECRET } }, { form: { username, password: SECRET } }]) {
        const response = await call('POST', '/api/sessions/', { headers, ...input })
        expect([response.status, response.text]).toEqual([403, CROSS_SITE])
        expect(response.headers.has('Set-Cookie')).toBe(false)
      }
      expect(await countSessions(id)).toBe(1)
    },
  )

  test('the word of the browser counts before the origin, which a proxy may have changed', async () => {
    const { cookie, username } = await userWithSession()
    const headers = { Origin: 'https://public.example.com', 'Sec-Fetch-Site': 'same-origin' }
    expect((await call('POST', '/api/sessions/', { headers, json: { username, password: SECRET } })).status).toBe(200)
    expect((await patch({ ...cookie, ...headers })).status).toBe(200)
  })

  test('the session whose cookie is replaced by a log-in or a registration ends', async () => {
    const { cookie, username } = await userWithSession()
    const { cookie: others } = await userWithSession()
    const again = await call('POST', '/api/sessions/', { headers: cookie, json: { username, password: SECRET } })
    expect(again.status).toBe(200)
    expect((await call('GET', '/api/users/me/', { headers: cookie })).status).toBe(401)
    const second = { Cookie: again.headers.get('Set-Cookie')?.split(';')[0] ?? '' }
    expect((await call('GET', '/api/users/me/', { headers: second })).status).toBe(200)
    expect((await call('POST', '/api/users/', { headers: second, json: registration() })).status).toBe(201)
    expect((await call('GET', '/api/users/me/', { headers: second })).status).toBe(401)
    expect((await call('GET', '/api/users/me/', { headers: others })).status).toBe(200)
    expect(
      (await call('POST', '/api/sessions/', { headers: { Cookie: 'sessionid=junk' }, json: { username, password: SECRET } })).status,
    ).toBe(200)
  })

  test('a page of another origin may register its visitor, who then is not logged in', async () => {
    const { cookie } = await userWithSession()
    const headers = { ...cookie, Origin: 'https://app.example.com' }
    const registered = await call('POST', '/api/users/', { headers, json: registration() })
    expect(registered.status).toBe(201)
    expect(registered.headers.has('Set-Cookie')).toBe(false)
    expect(await countSessions(Number(at(registered, 'data', 'user', 'id')))).toBe(0)
    expect((await call('GET', '/api/users/me/', { headers: cookie })).status).toBe(200)
    const json = { username: freshName(), password: SECRET, email: `${freshName()}@example.com`, first_name: 'A', last_name: 'B' }
    expect((await call('POST', '/users/', { headers, json })).status).toBe(201)
  })

  test('an allowed origin is accepted, and any other is rejected', async () => {
    const { cookie } = await userWithSession()
    const allowing = { ...env, ALLOWED_ORIGINS: 'https://app.example.com, https://other.example.com/' }
    const patchFrom = async (origin: string) => {
      const execution = createExecutionContext()
      const request = new Request<unknown, IncomingRequestCfProperties>('https://concord.test/api/users/me/', {
        method: 'PATCH',
        headers: { ...cookie, ...JSON_TYPE, Origin: origin, 'Sec-Fetch-Site': 'cross-site' },
        body: '{"consent":true}',
      })
      const response = await readResponse(await documented(request, await worker.fetch(request, allowing, execution)))
      await waitOnExecutionContext(execution)
      return response
    }
    for (const origin of ['https://app.example.com', 'https://other.example.com']) {
      const response = await patchFrom(origin)
      expect([origin, response.status]).toEqual([origin, 200])
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(origin)
      expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    }
    const rejected = await patchFrom('https://evil.test')
    expect([rejected.status, rejected.text]).toEqual([403, CROSS_SITE])
    expect(rejected.headers.has('Access-Control-Allow-Origin')).toBe(false)
    expect(textAt(rejected, 'detail')).toContain('CSRF')
  })
})
