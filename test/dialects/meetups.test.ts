import { describe, expect, test } from 'vitest'
import { at, call, ORIGIN, type TestResponse, textAt } from '../support/call.ts'
import { keysAt, sessionIn, setActive } from '../support/contracts.ts'
import { freshName, PASSWORD, type Person, person } from '../support/people.ts'
import { newJti, payloadOf, signTestToken } from '../support/test-tokens.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const REQUIRED = ['This field is required.']
const BLANK = ['This field may not be blank.']
const NULL = ['This field may not be null.']
const NOT_A_STRING = ['Not a valid string.']
const TOO_SHORT = 'This password is too short. It must contain at least 8 characters.'
const INVALID_DATE = ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
const NOT_FOUND = '{"detail":"Not found."}'
const CHALLENGE = 'Bearer realm="api"'
const NO_ACCOUNT = '{"detail":"No active account found with the given credentials"}'
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/
const OBJECT_ID = /^[0-9a-f]{24}$/

const tokenNotValid = (message: string): string =>
  JSON.stringify({
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
  })
const refreshRefused = (detail: string): string => JSON.stringify({ detail, code: 'token_not_valid' })
const TWO_VALUES = '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}'

const pairOf = async ({ username }: Pick<Person, 'username'>) => {
  const response = await call('POST', '/api/token/', { json: { username, password: PASSWORD } })
  return { access: textAt(response, 'access'), refresh: textAt(response, 'refresh') }
}
const member = async (stem?: string) => {
  const owner = await person(stem)
  const pair = await pairOf(owner)
  return { ...owner, ...pair, bearer: `Bearer ${pair.access}` }
}
const profileText = (owner: Person, createdAt: string, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: owner.objectId,
    username: owner.username,
    email: owner.email,
    first_name: '',
    last_name: '',
    date_of_birth: null,
    bio: '',
    ...fields,
    date_joined: createdAt,
  })

describe("the document's own requests, verbatim", () => {
  test('register, read and update the profile, get and refresh a token pair, read a user', async () => {
    const registered = await call('POST', '/api/register/', {
      headers: JSON_TYPE,
      body: `{
  "username": "johndoe",
  "email": "john@example.com",
  "first_name": "John",
  "last_name": "Doe",
  "date_of_birth": "1990-01-01",
  "bio": "Software developer",
  "password": "securepassword123",
  "password_confirm": "securepassword123"
}`,
    })
    const [refresh, access] = [textAt(registered, 'refresh'), textAt(registered, 'access')]
    expect(registered.status).toBe(201)
    expect(registered.text).toBe(`{"message":"User registered successfully","refresh":"${refresh}","access":"${access}"}`)

    const as = `Bearer ${access}`
    const profile = await call('GET', '/api/profile/', { as })
    const [id, joined] = [textAt(profile, 'id'), textAt(profile, 'date_joined')]
    expect(id).toMatch(OBJECT_ID)
    expect(joined).toMatch(ISO)
    const john = (first: string, last: string, bio: string) =>
      `{"id":"${id}","username":"johndoe","email":"john@example.com","first_name":"${first}","last_name":"${last}","date_of_birth":"1990-01-01","bio":"${bio}","date_joined":"${joined}"}`
    expect([profile.status, profile.text]).toEqual([200, john('John', 'Doe', 'Software developer')])

    const updated = await call('PUT', '/api/profile/update/', {
      as,
      headers: JSON_TYPE,
      body: `{
  "first_name": "Johnny",
  "last_name": "Smith",
  "date_of_birth": "1990-01-01",
  "bio": "Updated bio information"
}`,
    })
    const expected = `{"message":"Profile updated successfully","user":${john('Johnny', 'Smith', 'Updated bio information')}}`
    expect([updated.status, updated.text]).toEqual([200, expected])

    const refreshed = await call('POST', '/api/token/refresh', { as, headers: JSON_TYPE, body: JSON.stringify({ refresh }) })
    expect([refreshed.status, refreshed.text]).toEqual([200, `{"access":"${textAt(refreshed, 'access')}"}`])

    const one = await call('GET', `/api/users/${id}/`, { as: `Bearer ${textAt(refreshed, 'access')}` })
    const shown = `{"id":"${id}","username":"johndoe","first_name":"Johnny","last_name":"Smith","bio":"Updated bio information"}`
    expect([one.status, one.text]).toEqual([200, shown])
  })

  test('the example commands', async () => {
    const registered = await call('POST', '/api/register/', {
      headers: JSON_TYPE,
      body: '{"username":"newuser","email":"new@example.com","first_name":"New","last_name":"User","password":"password123","password_confirm":"password123"}',
    })
    expect(registered.status).toBe(201)
    const pair = await call('POST', '/api/token/', { headers: JSON_TYPE, body: '{"username":"newuser","password":"password123"}' })
    expect([pair.status, pair.text]).toEqual([200, `{"refresh":"${textAt(pair, 'refresh')}","access":"${textAt(pair, 'access')}"}`])
    const users = await call('GET', '/api/users/', { as: `Bearer ${textAt(pair, 'access')}` })
    expect([users.status, Array.isArray(users.json)]).toEqual([200, true])
    expect(keysAt(users, 0)).toEqual(['id', 'username', 'first_name', 'last_name', 'bio'])
  })
})

describe('POST /api/token/', () => {
  test.each(['/api/token/', '/api/token'])('%s: a token pair whose payload the client can read', async (path) => {
    const owner = await person('Mixed')
    const response = await call('POST', path, { as: 'Bearer stale', json: { username: owner.username.toUpperCase(), password: PASSWORD } })
    expect([response.status, keysAt(response)]).toEqual([200, ['refresh', 'access']])
    for (const [kind, lifetime] of [
      ['access', 3600],
      ['refresh', 7 * 86_400],
    ] as const) {
      const payload = payloadOf(textAt(response, kind))
      expect(payload).toMatchObject({ token_type: kind, user_id: owner.objectId, sub: String(owner.id), iss: 'concord' })
      expect(payload.jti).toMatch(/^[0-9a-f]{32}$/)
      expect(Number(payload.exp) - Number(payload.iat)).toBe(lifetime)
      expect(Math.abs(Number(payload.iat) - Date.now() / 1000)).toBeLessThan(30)
    }
  })

  test('401 for a wrong password, an unknown name and an inactive account', async () => {
    const { username } = await person()
    const inactive = await person()
    await setActive(inactive.username, false)
    for (const json of [
      { username, password: 'wrong horse 7' },
      { username: freshName('unknown'), password: PASSWORD },
      { username: inactive.username, password: PASSWORD },
    ]) {
      const response = await call('POST', '/api/token/', { json })
      expect([response.status, response.text]).toEqual([401, NO_ACCOUNT])
      expect(response.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
    }
  })

  test.each<[unknown, unknown]>([
    [{}, { username: REQUIRED, password: REQUIRED }],
    [{ password: 'x' }, { username: REQUIRED }],
    [{ username: 'x' }, { password: REQUIRED }],
    [
      { username: '', password: '' },
      { username: BLANK, password: BLANK },
    ],
    [
      { username: null, password: null },
      { username: NULL, password: NULL },
    ],
    [
      { username: [], password: true },
      { username: NOT_A_STRING, password: NOT_A_STRING },
    ],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('400 for %j', async (json, expected) => {
    const response = await call('POST', '/api/token/', { json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })
})

describe('POST /api/token/refresh', () => {
  test.each(['/api/token/refresh', '/api/token/refresh/'])('%s: a new access token; the refresh token stays valid', async (path) => {
    const { refresh, access, objectId } = await member()
    const seen = new Set([access])
    for (let n = 0; n < 3; n++) {
      const response = await call('POST', path, { as: 'Bearer stale', json: { refresh } })
      const issued = textAt(response, 'access')
      expect([response.status, response.text]).toEqual([200, `{"access":"${issued}"}`])
      expect(payloadOf(issued)).toMatchObject({ token_type: 'access', user_id: objectId })
      seen.add(issued)
    }
    expect(seen.size).toBe(4)
    for (const token of seen) expect((await call('GET', '/api/profile/', { as: `Bearer ${token}` })).status).toBe(200)
  })

  test('401 for an invalid, expired or revoked refresh token', async () => {
    const { access, token } = await member()
    const inactive = await member()
    await setActive(inactive.username, false)
    const [, single = ''] = token.split(' ')
    for (const [refresh, detail] of [
      ['nonsense', 'Token is invalid'],
      ['a.b.c', 'Token is invalid'],
      [await signTestToken({ type: 'refresh' }), 'Token is invalid'],
      [await signTestToken({ type: 'refresh', secret: 'another secret, which no key setting contains' }), 'Token is invalid'],
      [await signTestToken({ type: 'refresh', expiresIn: -60 }), 'Token is expired'],
      [access, 'Token has wrong type'],
      [single, 'Token has wrong type'],
      [inactive.refresh, 'Token is invalid'],
    ] as const) {
      const response = await call('POST', '/api/token/refresh', { json: { refresh } })
      expect([response.status, response.text]).toEqual([401, refreshRefused(detail)])
      expect(response.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
    }
  })

  test.each<[string, unknown, unknown]>([
    ['/api/token/refresh', {}, { refresh: REQUIRED }],
    ['/api/token/refresh', { refresh: '' }, { refresh: BLANK }],
    ['/api/token/refresh', { refresh: null }, { refresh: NULL }],
    ['/api/token/refresh', { refresh: true }, { refresh: NOT_A_STRING }],
    ['/api/token/blacklist/', {}, { refresh: REQUIRED }],
    ['/api/logout/', {}, { refresh: REQUIRED }],
    ['/api/logout/', { refresh: [] }, { refresh: NOT_A_STRING }],
  ])('%s: 400 for %j', async (path, json, expected) => {
    const response = await call('POST', path, { json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })
})

describe('POST /api/token/blacklist/ and /api/logout/', () => {
  test.each(['/api/token/blacklist/', '/api/token/blacklist', '/api/logout/', '/api/logout'])(
    '%s: revokes the refresh token and all access tokens issued from it, and nothing else',
    async (path) => {
      const owner = await member()
      const other = await pairOf(owner)
      const issued = textAt(await call('POST', '/api/token/refresh', { json: { refresh: owner.refresh } }), 'access')
      const response = await call('POST', path, { as: owner.bearer, json: { refresh: owner.refresh } })
      expect([response.status, response.text]).toEqual([200, '{}'])
      for (const token of [owner.access, issued]) {
        const refused = await call('GET', '/api/profile/', { as: `Bearer ${token}` })
        expect([refused.status, refused.text]).toEqual([401, tokenNotValid('Token is invalid')])
      }
      for (const again of ['/api/token/refresh', path]) {
        const refused = await call('POST', again, { json: { refresh: owner.refresh } })
        expect([refused.status, refused.text]).toEqual([401, refreshRefused('Token is invalid')])
      }
      for (const as of [`Bearer ${other.access}`, owner.token]) expect((await call('GET', '/api/profile/', { as })).status).toBe(200)
      expect((await call('POST', '/api/token/refresh', { json: { refresh: other.refresh } })).status).toBe(200)
    },
  )

  test('401 for anything but a valid refresh token', async () => {
    const { access } = await member()
    for (const [refresh, detail] of [
      ['nonsense', 'Token is invalid'],
      [await signTestToken({ type: 'refresh', expiresIn: -60 }), 'Token is expired'],
      [access, 'Token has wrong type'],
    ] as const) {
      const response = await call('POST', '/api/token/blacklist/', { json: { refresh } })
      expect([response.status, response.text]).toEqual([401, refreshRefused(detail)])
    }
    expect((await call('GET', '/api/profile/', { as: `Bearer ${access}` })).status).toBe(200)
  })
})

describe('POST /api/register/', () => {
  const registration = (fields: Record<string, unknown> = {}) => {
    const username = freshName()
    return { username, email: `${username}@example.com`, password: 'password123', password_confirm: 'password123', ...fields }
  }
  const valid = {
    username: 'not.registered',
    email: 'not.registered@example.com',
    password: 'password123',
    password_confirm: 'password123',
  }

  test.each(['/api/register/', '/api/register'])('%s: with the required fields only; the token pair is valid at once', async (path) => {
    const json = registration()
    const response = await call('POST', path, { json })
    expect([response.status, keysAt(response)]).toEqual([201, ['message', 'refresh', 'access']])
    const profile = await call('GET', '/api/profile', { as: `Bearer ${textAt(response, 'access')}` })
    expect(profile.json).toMatchObject({ username: json.username, first_name: '', last_name: '', date_of_birth: null, bio: '' })
    expect((await call('POST', '/api/token/refresh', { json: { refresh: textAt(response, 'refresh') } })).status).toBe(200)
  })

  test('date_of_birth may be null, bio blank; a form is accepted', async () => {
    expect((await call('POST', '/api/register/', { json: registration({ date_of_birth: null, bio: '' }) })).status).toBe(201)
    const { username, email, password, password_confirm } = registration()
    const form = { username, email, password, password_confirm, date_of_birth: '2000-02-29', bio: 'a\nb' }
    const response = await call('POST', '/api/register/', { form })
    expect(response.status).toBe(201)
    const profile = await call('GET', '/api/profile/', { as: `Bearer ${textAt(response, 'access')}` })
    expect(profile.json).toMatchObject({ date_of_birth: '2000-02-29', bio: 'a\nb' })
  })

  test.each<[string, unknown, unknown]>([
    ['an empty object', {}, { username: REQUIRED, email: REQUIRED, password: REQUIRED, password_confirm: REQUIRED }],
    ['a blank e-mail address', { ...valid, email: '' }, { email: BLANK }],
    ['a different confirmation', { ...valid, password_confirm: 'password124' }, { non_field_errors: ["Passwords don't match."] }],
    ['a short password', { ...valid, password: 'a', password_confirm: 'b' }, { password: [TOO_SHORT] }],
    [
      'a numeric password',
      { ...valid, password: '12345678', password_confirm: '12345678' },
      { password: ['This password is entirely numeric.'] },
    ],
    ['an impossible date', { ...valid, date_of_birth: '1990-02-30' }, { date_of_birth: INVALID_DATE }],
    ['a bio that is too long', { ...valid, bio: 'b'.repeat(501) }, { bio: ['Ensure this field has no more than 500 characters.'] }],
    ['nulls', { ...valid, first_name: null, bio: null }, { first_name: NULL, bio: NULL }],
    [
      'errors in all fields, in order',
      { username: 'a b', email: 'x', first_name: true, last_name: [], date_of_birth: 1, bio: {}, password: '1' },
      {
        username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'],
        email: ['Enter a valid email address.'],
        first_name: NOT_A_STRING,
        last_name: NOT_A_STRING,
        date_of_birth: INVALID_DATE,
        bio: NOT_A_STRING,
        password: [TOO_SHORT, 'This password is entirely numeric.'],
        password_confirm: REQUIRED,
      },
    ],
  ])('400 for %s', async (_name, json, expected) => {
    const response = await call('POST', '/api/register/', { json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('400 for a taken username or e-mail address', async () => {
    const { username, email } = await person('Taken')
    const USERNAME_TAKEN = ['A user with that username already exists.']
    const EMAIL_TAKEN = ['A user with this email already exists.']
    for (const [fields, expected] of [
      [{ username: username.toUpperCase() }, { username: USERNAME_TAKEN }],
      [{ email: email.toUpperCase() }, { email: EMAIL_TAKEN }],
      [
        { username, email },
        { username: USERNAME_TAKEN, email: EMAIL_TAKEN },
      ],
      [
        { username, bio: true },
        { username: USERNAME_TAKEN, bio: NOT_A_STRING },
      ],
    ]) {
      const response = await call('POST', '/api/register/', { json: registration(fields) })
      expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
    }
  })
})

describe('/api/profile/', () => {
  test('the defaults of an account that registered through another contract', async () => {
    const owner = await member()
    for (const path of ['/api/profile/', '/api/profile']) {
      const response = await call('GET', path, { as: owner.bearer })
      expect([response.status, response.text]).toEqual([200, profileText(owner, textAt(response, 'date_joined'))])
      expect(Math.abs(Date.now() - Date.parse(textAt(response, 'date_joined')))).toBeLessThan(60_000)
    }
  })

  test.each(['PUT', 'PATCH'])('%s changes only the fields in the body, and can clear bio and date_of_birth', async (method) => {
    const owner = await member()
    const joined = textAt(await call('GET', '/api/profile/', { as: owner.bearer }), 'date_joined')
    let user = {}
    for (const [fields, expectedFields] of [
      [{ first_name: ' Johnny ' }, { first_name: 'Johnny' }],
      [
        { last_name: 'Smith', bio: 'two\nlines' },
        { last_name: 'Smith', bio: 'two\nlines' },
      ],
      [{ date_of_birth: '1990-01-01' }, { date_of_birth: '1990-01-01' }],
      [{}, {}],
      [{ bio: '' }, { bio: '' }],
      [{ date_of_birth: null }, { date_of_birth: null }],
      [{ username: 'other', email: 'other@example.com', id: '1', is_admin: true }, {}],
    ]) {
      user = { ...user, ...expectedFields }
      const response = await call(method, '/api/profile/update/', { as: owner.bearer, json: fields })
      const expected = `{"message":"Profile updated successfully","user":${profileText(owner, joined, user)}}`
      expect([fields, response.status, response.text]).toEqual([fields, 200, expected])
    }
    const slashless = await call(method, '/api/profile/update', { as: owner.bearer, form: { bio: 'a form' } })
    expect([slashless.status, at(slashless, 'user', 'bio')]).toEqual([200, 'a form'])
  })

  test.each<[unknown, unknown]>([
    [
      { first_name: '', last_name: ' ' },
      { first_name: BLANK, last_name: BLANK },
    ],
    [
      { first_name: null, bio: null },
      { first_name: NULL, bio: NULL },
    ],
    [{ first_name: 'x'.repeat(151) }, { first_name: ['Ensure this field has no more than 150 characters.'] }],
    [
      { bio: 'x'.repeat(501), date_of_birth: '' },
      { date_of_birth: INVALID_DATE, bio: ['Ensure this field has no more than 500 characters.'] },
    ],
    [{ date_of_birth: '01/01/1990' }, { date_of_birth: INVALID_DATE }],
    [
      { first_name: 'a\u0000', bio: 'a\u0007b' },
      { first_name: ['Null characters are not allowed.'], bio: ['Control characters are not allowed.'] },
    ],
    ['x', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
  ])('400 for %j', async (json, expected) => {
    const owner = await member()
    for (const method of ['PUT', 'PATCH']) {
      const response = await call(method, '/api/profile/update/', { as: owner.bearer, json })
      expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
    }
  })
})

describe('/api/users/', () => {
  const memberNamed = async (first: string, last: string, stem?: string) => {
    const owner = await member(stem)
    await call('PATCH', '/api/profile/update/', { as: owner.bearer, json: { first_name: first, last_name: last, bio: 'b' } })
    return owner
  }
  const usernames = (response: TestResponse): unknown[] =>
    Array.isArray(response.json) ? response.json.map((_, index) => at(response, index, 'username')) : []
  const search = async (as: string, text: string) => usernames(await call('GET', `/api/users/?search=${encodeURIComponent(text)}`, { as }))

  test('a bare array of public fields, oldest account first, without inactive accounts', async () => {
    const first = await memberNamed('Alice', 'Z')
    const inactive = await person()
    const second = await memberNamed('Bob', 'Y')
    await setActive(inactive.username, false)
    for (const path of ['/api/users/', '/api/users']) {
      const response = await call('GET', path, { as: first.bearer })
      expect(response.status).toBe(200)
      const listed = usernames(response)
      expect(listed.indexOf(first.username)).toBeGreaterThan(-1)
      expect(listed.indexOf(second.username)).toBeGreaterThan(listed.indexOf(first.username))
      expect(listed).not.toContain(inactive.username)
      const shown = { id: first.objectId, username: first.username, first_name: 'Alice', last_name: 'Z', bio: 'b' }
      expect(response.text).toContain(JSON.stringify(shown))
      expect(response.text).not.toContain('@example.com')
    }
  })

  test('searches the beginning of the username, first name and last name, ignoring case', async () => {
    const mark = freshName('x').replaceAll('.', '')
    const owner = await memberNamed(`First${mark}`, `Élan${mark}`, `User${mark}`)
    const other = await memberNamed(`Élan${mark}`, `Last${mark}`, `Someone${mark}`)
    const as = owner.bearer
    expect(await search(as, `user${mark}`)).toEqual([owner.username])
    expect(await search(as, `USER${mark}`.toUpperCase())).toEqual([owner.username])
    expect(await search(as, `first${mark}`)).toEqual([owner.username])
    expect(await search(as, `LAST${mark}`)).toEqual([other.username])
    expect(await search(as, `Élan${mark}`)).toEqual([owner.username, other.username])
    expect(await search(as, ` Élan${mark} `)).toEqual([owner.username, other.username])
    for (const unmatched of [mark, `%${mark}`, `_ser${mark}`, `first${mark}x`, "' OR 1=1 --"])
      expect(await search(as, unmatched)).toEqual([])
    expect((await search(as, '')).length).toBeGreaterThan(1)
  })

  test('in pages; each page links to the next one', async () => {
    const mark = freshName('page').replaceAll('.', '')
    const people = [
      await memberNamed(mark, 'a'),
      await memberNamed(mark, 'b'),
      await memberNamed(mark, 'c'),
      await memberNamed(mark, 'd'),
      await memberNamed(mark, 'e'),
    ]
    const [first] = people
    const seen: unknown[] = []
    let url = `/api/users/?search=${mark}&limit=2`
    for (let page = 0; page < 3; page++) {
      const response = await call('GET', url, { as: first?.bearer })
      seen.push(...usernames(response))
      const next = /^<(https:\/\/concord\.test\/api\/users\/\?[^>]+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1]
      expect(next === undefined).toBe(page === 2)
      url = (next ?? '').slice(ORIGIN.length)
    }
    expect(seen).toEqual(people.map(({ username }) => username))
  })

  test.each([
    ['limit=0', { limit: ['Ensure this value is greater than or equal to 1.'] }],
    ['limit=1001', { limit: ['Ensure this value is less than or equal to 1000.'] }],
    ['limit=x', { limit: ['A valid integer is required.'] }],
    ['cursor=x', { cursor: ['Invalid cursor'] }],
    ['search=%00', { search: ['Null characters are not allowed.'] }],
  ])('400 for ?%s', async (query, expected) => {
    const response = await call('GET', `/api/users/?${query}`, { as: (await person()).token })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('one user, with and without a trailing slash', async () => {
    const { bearer } = await member()
    const other = await memberNamed('Bob', 'Y')
    for (const path of [`/api/users/${other.objectId}/`, `/api/users/${other.objectId}`]) {
      const response = await call('GET', path, { as: bearer })
      const shown = { id: other.objectId, username: other.username, first_name: 'Bob', last_name: 'Y', bio: 'b' }
      expect([response.status, response.text]).toEqual([200, JSON.stringify(shown)])
    }
  })

  test('404 for an unknown id, an inactive account, and an invalid id', async () => {
    const { bearer, id } = await member()
    const inactive = await person()
    await setActive(inactive.username, false)
    const ids = ['68cd793ca4a36f574952921b', inactive.objectId, String(id), '0', '-1', 'abc', 'z'.repeat(24), '%00', '99999999999999999999']
    for (const userId of ids) {
      const response = await call('GET', `/api/users/${userId}/`, { as: bearer })
      expect([userId, response.status, response.text]).toEqual([userId, 404, NOT_FOUND])
    }
  })
})

describe('authentication', () => {
  test.each([
    ['GET', '/api/profile/'],
    ['PUT', '/api/profile/update/'],
    ['PATCH', '/api/profile/update/'],
    ['GET', '/api/users/'],
    ['GET', '/api/users/68cd793ca4a36f574952921b/'],
  ])('%s %s: the 401 responses', async (method, path) => {
    const owner = await member()
    const inactive = await member()
    await setActive(inactive.username, false)
    const loggedOut = await member()
    await call('POST', '/api/logout/', { json: { refresh: loggedOut.refresh } })
    const notProvided = '{"detail":"Authentication credentials were not provided."}'
    const cases: [string | undefined, string][] = [
      [undefined, notProvided],
      ['', notProvided],
      ['Basic dXNlcjpwYXNz', notProvided],
      [`JWT ${owner.access}`, notProvided],
      ['Bearer', TWO_VALUES],
      ['Bearer one two', TWO_VALUES],
      ['Token', TWO_VALUES],
      ['Bearer nonsense', tokenNotValid('Token is invalid')],
      [`${owner.bearer}x`, tokenNotValid('Token is invalid')],
      [
        `Bearer ${await signTestToken({ type: 'access', pair: newJti(), secret: 'another secret, which no key setting contains' })}`,
        tokenNotValid('Token is invalid'),
      ],
      [`Bearer ${await signTestToken({ type: 'access', pair: newJti(), sub: String(owner.id) })}`, tokenNotValid('Token is invalid')],
      [loggedOut.bearer, tokenNotValid('Token is invalid')],
      [`Bearer ${await signTestToken({ type: 'access', pair: newJti(), expiresIn: -60 })}`, tokenNotValid('Token is expired')],
      [`Bearer ${owner.refresh}`, tokenNotValid('Token has wrong type')],
      [
        `Bearer ${await signTestToken({ type: 'access', pair: newJti(), sub: '987654321' })}`,
        '{"detail":"User not found","code":"user_not_found"}',
      ],
      [inactive.bearer, '{"detail":"User is inactive","code":"user_inactive"}'],
      [inactive.token, '{"detail":"User is inactive","code":"user_inactive"}'],
    ]
    for (const [as, text] of cases) {
      const response = await call(method, path, { as, ...(method !== 'GET' && { json: [] }) })
      expect([as, response.status, response.text]).toEqual([as, 401, text])
      expect(response.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
    }
  })

  test('accepts a token and a session cookie of other contracts', async () => {
    const { token, username } = await person()
    const session = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
    expect((await call('GET', '/api/profile/', { as: token })).status).toBe(200)
    expect((await call('GET', '/api/profile/', { headers: { Cookie: `sessionid=${sessionIn(session)}` } })).status).toBe(200)
  })

  test.each([
    ['GET', '/api/token/', 'OPTIONS, POST'],
    ['PUT', '/api/token/refresh/', 'OPTIONS, POST'],
    ['GET', '/api/logout', 'OPTIONS, POST'],
    ['POST', '/api/profile/', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/profile/update/', 'OPTIONS, PATCH, PUT'],
    ['POST', '/api/users/68cd793ca4a36f574952921b/', 'GET, HEAD, OPTIONS'],
  ])('%s %s is a 405', async (method, path, allow) => {
    const response = await call(method, path)
    expect([response.status, response.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(response.headers.get('Allow')).toBe(allow)
  })
})
