import { describe, expect, test } from 'vitest'
import { at, call, type Heard, ORIGIN, textAt } from '../support/call.ts'
import { keysAt, sessionIn, setActive } from '../support/contracts.ts'
import { freshName, PASSWORD, type Person, person } from '../support/people.ts'
import { forge, newJti, payloadOf } from '../support/test-tokens.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const REQUIRED = ['This field is required.']
const BLANK = ['This field may not be blank.']
const NULL = ['This field may not be null.']
const NO_STRING = ['Not a valid string.']
const SHORT = 'This password is too short. It must contain at least 8 characters.'
const NO_DATE = ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
const NOT_FOUND = '{"detail":"Not found."}'
const CHALLENGE = 'Bearer realm="api"'
const NO_ACCOUNT = '{"detail":"No active account found with the given credentials"}'
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/
const OBJECT_ID = /^[0-9a-f]{24}$/

const notValid = (message: string): string =>
  JSON.stringify({
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
  })
const refreshRefused = (detail: string): string => JSON.stringify({ detail, code: 'token_not_valid' })
const TWO_PARTS = '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}'

const pairOf = async ({ username }: Pick<Person, 'username'>) => {
  const heard = await call('POST', '/api/token/', { json: { username, password: PASSWORD } })
  return { access: textAt(heard, 'access'), refresh: textAt(heard, 'refresh') }
}
const member = async (stem?: string) => {
  const someone = await person(stem)
  const pair = await pairOf(someone)
  return { ...someone, ...pair, bearer: `Bearer ${pair.access}` }
}
const profileText = (someone: Person, createdAt: string, given: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: someone.objectId,
    username: someone.username,
    email: someone.email,
    first_name: '',
    last_name: '',
    date_of_birth: null,
    bio: '',
    ...given,
    date_joined: createdAt,
  })

describe("the document's own requests, word for word", () => {
  test('register, read, update, obtain a pair, refresh it, look at users', async () => {
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

  test('the commands to copy and paste', async () => {
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
  test.each(['/api/token/', '/api/token'])('%s: a pair, whose payload its client can read', async (path) => {
    const someone = await person('Mixed')
    const heard = await call('POST', path, { as: 'Bearer stale', json: { username: someone.username.toUpperCase(), password: PASSWORD } })
    expect([heard.status, keysAt(heard)]).toEqual([200, ['refresh', 'access']])
    for (const [kind, lifetime] of [
      ['access', 3600],
      ['refresh', 7 * 86_400],
    ] as const) {
      const payload = payloadOf(textAt(heard, kind))
      expect(payload).toMatchObject({ token_type: kind, user_id: someone.objectId, sub: String(someone.id), iss: 'concord' })
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
      const heard = await call('POST', '/api/token/', { json })
      expect([heard.status, heard.text]).toEqual([401, NO_ACCOUNT])
      expect(heard.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
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
      { username: NO_STRING, password: NO_STRING },
    ],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('400 for %j', async (json, expected) => {
    const heard = await call('POST', '/api/token/', { json })
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
  })
})

describe('POST /api/token/refresh', () => {
  test.each(['/api/token/refresh', '/api/token/refresh/'])('%s: a new access token; the refresh token stays good', async (path) => {
    const { refresh, access, objectId } = await member()
    const seen = new Set([access])
    for (let turn = 0; turn < 3; turn++) {
      const heard = await call('POST', path, { as: 'Bearer stale', json: { refresh } })
      const minted = textAt(heard, 'access')
      expect([heard.status, heard.text]).toEqual([200, `{"access":"${minted}"}`])
      expect(payloadOf(minted)).toMatchObject({ token_type: 'access', user_id: objectId })
      seen.add(minted)
    }
    expect(seen.size).toBe(4)
    for (const token of seen) expect((await call('GET', '/api/profile/', { as: `Bearer ${token}` })).status).toBe(200)
  })

  test('401 for what is none, or is none any more', async () => {
    const { access, token } = await member()
    const inactive = await member()
    await setActive(inactive.username, false)
    const [, single = ''] = token.split(' ')
    for (const [refresh, detail] of [
      ['nonsense', 'Token is invalid'],
      ['a.b.c', 'Token is invalid'],
      [await forge({ type: 'refresh' }), 'Token is invalid'],
      [await forge({ type: 'refresh', secret: 'another secret, which nobody here has ever used' }), 'Token is invalid'],
      [await forge({ type: 'refresh', expiresIn: -60 }), 'Token is expired'],
      [access, 'Token has wrong type'],
      [single, 'Token has wrong type'],
      [inactive.refresh, 'Token is invalid'],
    ] as const) {
      const heard = await call('POST', '/api/token/refresh', { json: { refresh } })
      expect([heard.status, heard.text]).toEqual([401, refreshRefused(detail)])
      expect(heard.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
    }
  })

  test.each<[string, unknown, unknown]>([
    ['/api/token/refresh', {}, { refresh: REQUIRED }],
    ['/api/token/refresh', { refresh: '' }, { refresh: BLANK }],
    ['/api/token/refresh', { refresh: null }, { refresh: NULL }],
    ['/api/token/refresh', { refresh: true }, { refresh: NO_STRING }],
    ['/api/token/blacklist/', {}, { refresh: REQUIRED }],
    ['/api/logout/', {}, { refresh: REQUIRED }],
    ['/api/logout/', { refresh: [] }, { refresh: NO_STRING }],
  ])('%s answers 400 for %j', async (path, json, expected) => {
    const heard = await call('POST', path, { json })
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
  })
})

describe('POST /api/token/blacklist/ and /api/logout/', () => {
  test.each(['/api/token/blacklist/', '/api/token/blacklist', '/api/logout/', '/api/logout'])(
    '%s: the refresh token and all that was minted from it are dead, and nothing else',
    async (path) => {
      const someone = await member()
      const other = await pairOf(someone)
      const minted = textAt(await call('POST', '/api/token/refresh', { json: { refresh: someone.refresh } }), 'access')
      const heard = await call('POST', path, { as: someone.bearer, json: { refresh: someone.refresh } })
      expect([heard.status, heard.text]).toEqual([200, '{}'])
      for (const token of [someone.access, minted]) {
        const refused = await call('GET', '/api/profile/', { as: `Bearer ${token}` })
        expect([refused.status, refused.text]).toEqual([401, notValid('Token is invalid')])
      }
      for (const again of ['/api/token/refresh', path]) {
        const refused = await call('POST', again, { json: { refresh: someone.refresh } })
        expect([refused.status, refused.text]).toEqual([401, refreshRefused('Token is invalid')])
      }
      for (const as of [`Bearer ${other.access}`, someone.token]) expect((await call('GET', '/api/profile/', { as })).status).toBe(200)
      expect((await call('POST', '/api/token/refresh', { json: { refresh: other.refresh } })).status).toBe(200)
    },
  )

  test('401 for what is no live refresh token', async () => {
    const { access } = await member()
    for (const [refresh, detail] of [
      ['nonsense', 'Token is invalid'],
      [await forge({ type: 'refresh', expiresIn: -60 }), 'Token is expired'],
      [access, 'Token has wrong type'],
    ] as const) {
      const heard = await call('POST', '/api/token/blacklist/', { json: { refresh } })
      expect([heard.status, heard.text]).toEqual([401, refreshRefused(detail)])
    }
    expect((await call('GET', '/api/profile/', { as: `Bearer ${access}` })).status).toBe(200)
  })
})

describe('POST /api/register/', () => {
  const newcomer = (given: Record<string, unknown> = {}) => {
    const username = freshName()
    return { username, email: `${username}@example.com`, password: 'password123', password_confirm: 'password123', ...given }
  }
  const good = { username: 'nobody.yet', email: 'nobody.yet@example.com', password: 'password123', password_confirm: 'password123' }

  test.each(['/api/register/', '/api/register'])('%s: with what is required alone; the pair is good at once', async (path) => {
    const json = newcomer()
    const heard = await call('POST', path, { json })
    expect([heard.status, keysAt(heard)]).toEqual([201, ['message', 'refresh', 'access']])
    const profile = await call('GET', '/api/profile', { as: `Bearer ${textAt(heard, 'access')}` })
    expect(profile.json).toMatchObject({ username: json.username, first_name: '', last_name: '', date_of_birth: null, bio: '' })
    expect((await call('POST', '/api/token/refresh', { json: { refresh: textAt(heard, 'refresh') } })).status).toBe(200)
  })

  test('a birth date may be null, a bio blank; it takes a form', async () => {
    expect((await call('POST', '/api/register/', { json: newcomer({ date_of_birth: null, bio: '' }) })).status).toBe(201)
    const { username, email, password, password_confirm } = newcomer()
    const form = { username, email, password, password_confirm, date_of_birth: '2000-02-29', bio: 'a\nb' }
    const heard = await call('POST', '/api/register/', { form })
    expect(heard.status).toBe(201)
    const profile = await call('GET', '/api/profile/', { as: `Bearer ${textAt(heard, 'access')}` })
    expect(profile.json).toMatchObject({ date_of_birth: '2000-02-29', bio: 'a\nb' })
  })

  test.each<[string, unknown, unknown]>([
    ['nothing', {}, { username: REQUIRED, email: REQUIRED, password: REQUIRED, password_confirm: REQUIRED }],
    ['a blank e-mail address', { ...good, email: '' }, { email: BLANK }],
    ['another password', { ...good, password_confirm: 'password124' }, { non_field_errors: ["Passwords don't match."] }],
    ['a short password', { ...good, password: 'a', password_confirm: 'b' }, { password: [SHORT] }],
    ['a number', { ...good, password: '12345678', password_confirm: '12345678' }, { password: ['This password is entirely numeric.'] }],
    ['a day that is none', { ...good, date_of_birth: '1990-02-30' }, { date_of_birth: NO_DATE }],
    ['too long a bio', { ...good, bio: 'b'.repeat(501) }, { bio: ['Ensure this field has no more than 500 characters.'] }],
    ['nulls', { ...good, first_name: null, bio: null }, { first_name: NULL, bio: NULL }],
    [
      'all of it, in order',
      { username: 'a b', email: 'x', first_name: true, last_name: [], date_of_birth: 1, bio: {}, password: '1' },
      {
        username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'],
        email: ['Enter a valid email address.'],
        first_name: NO_STRING,
        last_name: NO_STRING,
        date_of_birth: NO_DATE,
        bio: NO_STRING,
        password: [SHORT, 'This password is entirely numeric.'],
        password_confirm: REQUIRED,
      },
    ],
  ])('400 for %s', async (_what, json, expected) => {
    const heard = await call('POST', '/api/register/', { json })
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('400 for what is taken', async () => {
    const { username, email } = await person('UniqueField')
    const NAME = ['A user with that username already exists.']
    const MAIL = ['A user with this email already exists.']
    for (const [given, expected] of [
      [{ username: username.toUpperCase() }, { username: NAME }],
      [{ email: email.toUpperCase() }, { email: MAIL }],
      [
        { username, email },
        { username: NAME, email: MAIL },
      ],
      [
        { username, bio: true },
        { username: NAME, bio: NO_STRING },
      ],
    ]) {
      const heard = await call('POST', '/api/register/', { json: newcomer(given) })
      expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
    }
  })
})

describe('/api/profile/', () => {
  test('the defaults of somebody who registered elsewhere', async () => {
    const someone = await member()
    for (const path of ['/api/profile/', '/api/profile']) {
      const heard = await call('GET', path, { as: someone.bearer })
      expect([heard.status, heard.text]).toEqual([200, profileText(someone, textAt(heard, 'date_joined'))])
      expect(Math.abs(Date.now() - Date.parse(textAt(heard, 'date_joined')))).toBeLessThan(60_000)
    }
  })

  test.each(['PUT', 'PATCH'])('%s changes what is given and nothing else; a bio and a birth date are cleared', async (method) => {
    const someone = await member()
    const joined = textAt(await call('GET', '/api/profile/', { as: someone.bearer }), 'date_joined')
    let user = {}
    for (const [given, shown] of [
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
      user = { ...user, ...shown }
      const heard = await call(method, '/api/profile/update/', { as: someone.bearer, json: given })
      const expected = `{"message":"Profile updated successfully","user":${profileText(someone, joined, user)}}`
      expect([given, heard.status, heard.text]).toEqual([given, 200, expected])
    }
    const slashless = await call(method, '/api/profile/update', { as: someone.bearer, form: { bio: 'a form' } })
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
      { date_of_birth: NO_DATE, bio: ['Ensure this field has no more than 500 characters.'] },
    ],
    [{ date_of_birth: '01/01/1990' }, { date_of_birth: NO_DATE }],
    [
      { first_name: 'a\u0000', bio: 'a\u0007b' },
      { first_name: ['Null characters are not allowed.'], bio: ['Control characters are not allowed.'] },
    ],
    ['x', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
  ])('400 for %j', async (json, expected) => {
    const someone = await member()
    for (const method of ['PUT', 'PATCH']) {
      const heard = await call(method, '/api/profile/update/', { as: someone.bearer, json })
      expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
    }
  })
})

describe('/api/users/', () => {
  const named = async (first: string, last: string, stem?: string) => {
    const someone = await member(stem)
    await call('PATCH', '/api/profile/update/', { as: someone.bearer, json: { first_name: first, last_name: last, bio: 'b' } })
    return someone
  }
  const names = (heard: Heard): unknown[] => (Array.isArray(heard.json) ? heard.json.map((_, index) => at(heard, index, 'username')) : [])
  const search = async (as: string, text: string) => names(await call('GET', `/api/users/?search=${encodeURIComponent(text)}`, { as }))

  test('a bare array of public fields, oldest first, without closed accounts', async () => {
    const first = await named('Alice', 'Z')
    const closed = await person()
    const second = await named('Bob', 'Y')
    await setActive(closed.username, false)
    for (const path of ['/api/users/', '/api/users']) {
      const heard = await call('GET', path, { as: first.bearer })
      expect(heard.status).toBe(200)
      const listed = names(heard)
      expect(listed.indexOf(first.username)).toBeGreaterThan(-1)
      expect(listed.indexOf(second.username)).toBeGreaterThan(listed.indexOf(first.username))
      expect(listed).not.toContain(closed.username)
      const shown = { id: first.objectId, username: first.username, first_name: 'Alice', last_name: 'Z', bio: 'b' }
      expect(heard.text).toContain(JSON.stringify(shown))
      expect(heard.text).not.toContain('@example.com')
    }
  })

  test('searches by the beginning of a username, a first or a last name, in any case', async () => {
    const mark = freshName('x').replaceAll('.', '')
    const someone = await named(`First${mark}`, `Élan${mark}`, `User${mark}`)
    const other = await named(`Élan${mark}`, `Last${mark}`, `Someone${mark}`)
    const as = someone.bearer
    expect(await search(as, `user${mark}`)).toEqual([someone.username])
    expect(await search(as, `USER${mark}`.toUpperCase())).toEqual([someone.username])
    expect(await search(as, `first${mark}`)).toEqual([someone.username])
    expect(await search(as, `LAST${mark}`)).toEqual([other.username])
    expect(await search(as, `Élan${mark}`)).toEqual([someone.username, other.username])
    expect(await search(as, ` Élan${mark} `)).toEqual([someone.username, other.username])
    for (const nobody of [mark, `%${mark}`, `_ser${mark}`, `first${mark}x`, "' OR 1=1 --"]) expect(await search(as, nobody)).toEqual([])
    expect((await search(as, '')).length).toBeGreaterThan(1)
  })

  test('in parts, each telling where the next one is', async () => {
    const mark = freshName('page').replaceAll('.', '')
    const people = [await named(mark, 'a'), await named(mark, 'b'), await named(mark, 'c'), await named(mark, 'd'), await named(mark, 'e')]
    const [first] = people
    const seen: unknown[] = []
    let url = `/api/users/?search=${mark}&limit=2`
    for (let page = 0; page < 3; page++) {
      const heard = await call('GET', url, { as: first?.bearer })
      seen.push(...names(heard))
      const next = /^<(https:\/\/concord\.test\/api\/users\/\?[^>]+)>; rel="next"$/.exec(heard.headers.get('Link') ?? '')?.[1]
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
    const heard = await call('GET', `/api/users/?${query}`, { as: (await person()).token })
    expect([heard.status, heard.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('one of them, with and without a slash', async () => {
    const { bearer } = await member()
    const other = await named('Bob', 'Y')
    for (const path of [`/api/users/${other.objectId}/`, `/api/users/${other.objectId}`]) {
      const heard = await call('GET', path, { as: bearer })
      const shown = { id: other.objectId, username: other.username, first_name: 'Bob', last_name: 'Y', bio: 'b' }
      expect([heard.status, heard.text]).toEqual([200, JSON.stringify(shown)])
    }
  })

  test('404 for nobody, for a closed account, and for what is no id', async () => {
    const { bearer, id } = await member()
    const closed = await person()
    await setActive(closed.username, false)
    const ids = ['68cd793ca4a36f574952921b', closed.objectId, String(id), '0', '-1', 'abc', 'z'.repeat(24), '%00', '99999999999999999999']
    for (const nobody of ids) {
      const heard = await call('GET', `/api/users/${nobody}/`, { as: bearer })
      expect([nobody, heard.status, heard.text]).toEqual([nobody, 404, NOT_FOUND])
    }
  })
})

describe('who is let in', () => {
  test.each([
    ['GET', '/api/profile/'],
    ['PUT', '/api/profile/update/'],
    ['PATCH', '/api/profile/update/'],
    ['GET', '/api/users/'],
    ['GET', '/api/users/68cd793ca4a36f574952921b/'],
  ])('%s %s: what keeps a caller out', async (method, path) => {
    const someone = await member()
    const inactive = await member()
    await setActive(inactive.username, false)
    const loggedOut = await member()
    await call('POST', '/api/logout/', { json: { refresh: loggedOut.refresh } })
    const none = '{"detail":"Authentication credentials were not provided."}'
    const cases: [string | undefined, string][] = [
      [undefined, none],
      ['', none],
      ['Basic dXNlcjpwYXNz', none],
      [`JWT ${someone.access}`, none],
      ['Bearer', TWO_PARTS],
      ['Bearer one two', TWO_PARTS],
      ['Token', TWO_PARTS],
      ['Bearer nonsense', notValid('Token is invalid')],
      [`${someone.bearer}x`, notValid('Token is invalid')],
      [
        `Bearer ${await forge({ type: 'access', pair: newJti(), secret: 'another secret, which nobody here has ever used' })}`,
        notValid('Token is invalid'),
      ],
      [`Bearer ${await forge({ type: 'access', pair: newJti(), sub: String(someone.id) })}`, notValid('Token is invalid')],
      [loggedOut.bearer, notValid('Token is invalid')],
      [`Bearer ${await forge({ type: 'access', pair: newJti(), expiresIn: -60 })}`, notValid('Token is expired')],
      [`Bearer ${someone.refresh}`, notValid('Token has wrong type')],
      [
        `Bearer ${await forge({ type: 'access', pair: newJti(), sub: '987654321' })}`,
        '{"detail":"User not found","code":"user_not_found"}',
      ],
      [inactive.bearer, '{"detail":"User is inactive","code":"user_inactive"}'],
      [inactive.token, '{"detail":"User is inactive","code":"user_inactive"}'],
    ]
    for (const [as, text] of cases) {
      const heard = await call(method, path, { as, ...(method !== 'GET' && { json: [] }) })
      expect([as, heard.status, heard.text]).toEqual([as, 401, text])
      expect(heard.headers.get('WWW-Authenticate')).toBe(CHALLENGE)
    }
  })

  test('a token and a cookie of other contracts open it as well', async () => {
    const { token, username } = await person()
    const seated = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
    expect((await call('GET', '/api/profile/', { as: token })).status).toBe(200)
    expect((await call('GET', '/api/profile/', { headers: { Cookie: `sessionid=${sessionIn(seated)}` } })).status).toBe(200)
  })

  test.each([
    ['GET', '/api/token/', 'OPTIONS, POST'],
    ['PUT', '/api/token/refresh/', 'OPTIONS, POST'],
    ['GET', '/api/logout', 'OPTIONS, POST'],
    ['POST', '/api/profile/', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/profile/update/', 'OPTIONS, PATCH, PUT'],
    ['POST', '/api/users/68cd793ca4a36f574952921b/', 'GET, HEAD, OPTIONS'],
  ])('%s %s is answered 405', async (method, path, allow) => {
    const heard = await call(method, path)
    expect([heard.status, heard.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(heard.headers.get('Allow')).toBe(allow)
  })
})
