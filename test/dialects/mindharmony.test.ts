import { describe, expect, test } from 'vitest'
import { at, call, ORIGIN, textAt } from '../support/call.ts'
import { accountRow, sessionIn, setActive } from '../support/contracts.ts'
import { freshName, PASSWORD, person, personWith } from '../support/people.ts'
import { signTestToken } from '../support/test-tokens.ts'

const SESSION = { name: 'Session 1', date: '2024-07-06', duration: 60 }
const NOT_FOUND = '{"detail":"Not found."}'
const FORBIDDEN = '{"detail":"You do not have permission to perform this action."}'
const INVALID = '{"error":"Invalid credentials"}'
const REQUIRED = ['This field is required.']
const BLANK = ['This field may not be blank.']
const NULL = ['This field may not be null.']
const NOT_A_STRING = ['Not a valid string.']
const NOT_AN_INTEGER = ['A valid integer is required.']
const NOT_A_DATE = ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
const JSON_TYPE = { 'Content-Type': 'application/json' }
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/

/** Path values that are not valid ids. They must not cause a 500. */
const INVALID_IDS = ['0', '-1', 'abc', '1e3', '1.0', '+1', '007', '99999999999999999999', '%00', '%zz', '%20', '1%2F2']

const createSession = async (token: string, session = SESSION): Promise<number> =>
  Number(at(await call('POST', '/session/', { as: token, json: session }), 'id'))

describe("the contract document's own commands, in its order", () => {
  test('from registering to deleting a session, to the letter', async () => {
    const registered = await call('POST', '/register/', {
      headers: JSON_TYPE,
      body: `{
        "username": "exampleuser",
        "password": "examplepassword",
        "email": "user@example.com"
      }`,
    })
    expect(registered.status).toBe(201)
    const id = textAt(registered, 'user', 'id')
    const first = textAt(registered, 'token')
    expect(registered.text).toBe(`{"user":{"id":${id},"username":"exampleuser","email":"user@example.com"},"token":"${first}"}`)
    expect(registered.headers.get('Content-Type')).toBe('application/json')

    const loggedIn = await call('POST', '/login/', {
      headers: JSON_TYPE,
      body: `{
        "username": "exampleuser",
        "password": "examplepassword"
      }`,
    })
    expect(loggedIn.status).toBe(200)
    const token = textAt(loggedIn, 'token')
    expect(loggedIn.text).toBe(
      `{"token":"${token}","user":{"id":${id},"username":"exampleuser","email":"user@example.com","profile":{"id":${id},"bio":"","location":""}}}`,
    )
    expect(token).not.toBe(first)

    const as = `Token ${token}`
    const details = await call('GET', '/user-details/', { as })
    expect(details.status).toBe(200)
    const createdAt = textAt(details, 'created_at')
    expect(createdAt).toMatch(ISO)
    expect(details.text).toBe(
      `{"user":{"id":${id},"username":"exampleuser","email":"user@example.com"},"bio":"","profile_picture":null,"created_at":"${createdAt}"}`,
    )

    const none = await call('GET', '/session/', { as })
    expect([none.status, none.text]).toEqual([200, '[]'])

    const created = await call('POST', '/session/', {
      as,
      headers: JSON_TYPE,
      body: `{
        "name": "Session 1",
        "date": "2024-07-06",
        "duration": 60
      }`,
    })
    const pk = textAt(created, 'id')
    expect([created.status, created.text]).toEqual([201, `{"id":${pk},"name":"Session 1","date":"2024-07-06","duration":60}`])

    const read = await call('GET', `/session/${pk}/`, { as })
    expect([read.status, read.text]).toEqual([200, created.text])

    const updated = await call('PUT', `/session/${pk}/`, {
      as,
      headers: JSON_TYPE,
      body: `{
        "name": "Updated Session",
        "date": "2024-07-07",
        "duration": 90
      }`,
    })
    expect([updated.status, updated.text]).toEqual([200, `{"id":${pk},"name":"Updated Session","date":"2024-07-07","duration":90}`])

    const deleted = await call('DELETE', `/session/${pk}/`, { as })
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    const afterDelete = await call('GET', `/session/${pk}/`, { as })
    expect([afterDelete.status, afterDelete.text]).toEqual([404, NOT_FOUND])
  })
})

describe('POST /user/register/', () => {
  test.each(['/user/register/', '/user/register', '/register/', '/register'])('%s registers', async (path) => {
    const username = freshName()
    const { status, text, json } = await call('POST', path, { json: { username, password: PASSWORD } })
    expect(status).toBe(201)
    expect(json).toEqual({ user: { id: expect.any(Number), username, email: '' }, token: expect.any(String) })
    expect(text.startsWith('{"user":{"id":')).toBe(true)
  })

  test.each([[''], ['   ']])('an e-mail address may be %j', async (email) => {
    const response = await call('POST', '/user/register/', { json: { username: freshName(), email, password: PASSWORD } })
    expect([response.status, at(response, 'user', 'email')]).toEqual([201, ''])
  })

  test('the token is valid at once, and the response does not contain the password', async () => {
    const username = freshName()
    const response = await call('POST', '/user/register/', { json: { username, password: PASSWORD } })
    expect(response.text).not.toContain(PASSWORD)
    const details = await call('GET', '/user/user-details/', { as: `Token ${textAt(response, 'token')}` })
    expect([details.status, at(details, 'user', 'username')]).toEqual([200, username])
  })

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])('accepts a body as %s', async (type) => {
    const username = freshName()
    const form = new FormData()
    form.set('username', username)
    form.set('password', PASSWORD)
    form.set('email', '')
    const sent = type.startsWith('multipart') ? { body: form } : { form: { username, password: PASSWORD, email: '' } }
    const response = await call('POST', '/user/register/', sent)
    expect([response.status, at(response, 'user', 'username')]).toEqual([201, username])
  })

  const EMAIL = ['Enter a valid email address.']
  const USERNAME = ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.']
  const SHORT = 'This password is too short. It must contain at least 8 characters.'
  const CONTROL = ['Control characters are not allowed.']
  const NUL = ['Null characters are not allowed.']
  const valid = { username: 'unused.name', email: 'unused.name@example.com', password: PASSWORD }

  test.each<[string, unknown, unknown]>([
    ['nothing', {}, { username: REQUIRED, password: REQUIRED }],
    ['nulls', { username: null, email: null, password: null }, { username: NULL, email: NULL, password: NULL }],
    ['blanks', { username: '', password: '' }, { username: BLANK, password: BLANK }],
    ['spaces', { username: '  ', password: '  ' }, { username: BLANK, password: BLANK }],
    ['booleans', { username: true, email: false, password: true }, { username: NOT_A_STRING, email: NOT_A_STRING, password: NOT_A_STRING }],
    [
      'lists and objects',
      { username: ['a'], email: {}, password: [] },
      { username: NOT_A_STRING, email: NOT_A_STRING, password: NOT_A_STRING },
    ],
    ['a text that is no e-mail address', { ...valid, email: 'invalid' }, { email: EMAIL }],
    ['half an e-mail address', { ...valid, email: 'invalid@' }, { email: EMAIL }],
    ['an e-mail address without a domain', { ...valid, email: 'a@b' }, { email: EMAIL }],
    [
      'an e-mail address that is too long',
      { ...valid, email: `${'e'.repeat(250)}@example.com` },
      { email: ['Ensure this field has no more than 254 characters.'] },
    ],
    ['a space in the name', { ...valid, username: 'user name' }, { username: USERNAME }],
    ['a slash in the name', { ...valid, username: 'user/name' }, { username: USERNAME }],
    [
      'a username that is too long',
      { ...valid, username: 'n'.repeat(151) },
      { username: ['Ensure this field has no more than 150 characters.'] },
    ],
    ['a short password', { ...valid, password: 'abc12' }, { password: [SHORT] }],
    ['a short numeric password', { ...valid, password: '1234567' }, { password: [SHORT, 'This password is entirely numeric.'] }],
    ['a password that is a JSON number', { ...valid, password: 987654321 }, { password: ['This password is entirely numeric.'] }],
    ['a long password', { ...valid, password: 'p'.repeat(129) }, { password: ['Ensure this field has no more than 128 characters.'] }],
    ['a control character', { ...valid, username: 'user\u0007name' }, { username: CONTROL }],
    ['a NUL', { ...valid, username: 'user\u0000name', password: 'pass\u0000word1' }, { username: NUL, password: NUL }],
    [
      'several invalid fields, in order',
      { password: 'x', email: 'x', username: 'x y' },
      { username: USERNAME, email: EMAIL, password: [SHORT] },
    ],
  ])('400 for %s', async (_what, json, expected) => {
    const response = await call('POST', '/user/register/', { json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
    expect(response.headers.has('WWW-Authenticate')).toBe(false)
  })

  test.each([
    ['{"username":"\\ud800abc","password":"\\udfffabcdefgh"}', { username: NOT_A_STRING, password: NOT_A_STRING }],
    ['"text"', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
    ['[]', { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    ['7', { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] }],
    ['7.5', { non_field_errors: ['Invalid data. Expected a dictionary, but got float.'] }],
    ['true', { non_field_errors: ['Invalid data. Expected a dictionary, but got bool.'] }],
    ['null', { non_field_errors: ['Invalid data. Expected a dictionary, but got NoneType.'] }],
  ])('400 for the body %s', async (body, expected) => {
    const response = await call('POST', '/user/register/', { headers: JSON_TYPE, body })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  test.each(['{', '{"username":', "{'username':'x'}", '{"username":"x",}'])('400 for the malformed body %s', async (body) => {
    const response = await call('POST', '/user/register/', { headers: JSON_TYPE, body })
    expect(response.status).toBe(400)
    expect(response.text).toMatch(/^\{"detail":"JSON parse error - [^"]+"\}$/)
  })

  test('400 for bytes that are not UTF-8', async () => {
    const response = await call('POST', '/user/register/', {
      headers: JSON_TYPE,
      body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    })
    expect([response.status, textAt(response, 'detail').startsWith('JSON parse error - ')]).toEqual([400, true])
  })

  test('415 for another content type', async () => {
    const response = await call('POST', '/user/register/', { headers: { 'Content-Type': 'text/plain' }, body: '{"username":"x"}' })
    expect([response.status, response.text]).toEqual([415, '{"detail":"Unsupported media type \\"text/plain\\" in request."}'])
  })

  test('413 for more than 1 MiB', async () => {
    const response = await call('POST', '/user/register/', { json: { username: 'x'.repeat(1024 * 1024 + 1), password: PASSWORD } })
    expect(response.status).toBe(413)
  })

  test('a missing body counts as an empty object', async () => {
    const response = await call('POST', '/user/register/')
    expect([response.status, response.text]).toEqual([400, JSON.stringify({ username: REQUIRED, password: REQUIRED })])
  })

  test('unknown fields are ignored, and set no flag', async () => {
    const username = freshName()
    const json = { username, password: PASSWORD, is_admin: true, is_staff: true, isAdmin: true, is_superuser: 1, id: 1, role: 'admin' }
    expect((await call('POST', '/user/register/', { json })).status).toBe(201)
    expect(await accountRow(username)).toMatchObject({ is_admin: 0, is_staff: 0, is_superuser: 0 })
  })

  test('a username is trimmed, may be a number, and keeps its case', async () => {
    const username = freshName('Mixed.CASE+@_')
    const trimmed = await call('POST', '/user/register/', { json: { username: `  ${username}\n`, password: PASSWORD } })
    expect([trimmed.status, at(trimmed, 'user', 'username')]).toEqual([201, username])
    const number = Math.floor(Math.random() * 1e15)
    const numeric = await call('POST', '/user/register/', { json: { username: number, password: PASSWORD } })
    expect([numeric.status, at(numeric, 'user', 'username')]).toEqual([201, String(number)])
  })

  test('usernames and e-mail addresses are unique without regard to case', async () => {
    const existing = await person('UniqueField')
    const register = (json: unknown) => call('POST', '/user/register/', { json })
    const NAME = ['A user with that username already exists.']
    const MAIL = ['A user with this email already exists.']
    for (const username of [existing.username, existing.username.toUpperCase(), ` ${existing.username.toLowerCase()} `]) {
      const response = await register({ username, password: PASSWORD })
      expect([response.status, response.text]).toEqual([400, JSON.stringify({ username: NAME })])
    }
    const mail = await register({ username: freshName(), email: existing.email.toUpperCase(), password: PASSWORD })
    expect([mail.status, mail.text]).toEqual([400, JSON.stringify({ email: MAIL })])
    const both = await register({ username: existing.username, email: existing.email, password: PASSWORD })
    expect([both.status, both.text]).toEqual([400, JSON.stringify({ username: NAME, email: MAIL })])
    const all = await register({ username: existing.username, email: existing.email, password: 'short' })
    const expected = { username: NAME, email: MAIL, password: ['This password is too short. It must contain at least 8 characters.'] }
    expect([all.status, all.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('a stale credential does not prevent a registration', async () => {
    const json = { username: freshName(), password: PASSWORD }
    const response = await call('POST', '/user/register/', { as: 'Token stale', headers: { Cookie: 'sessionid=stale' }, json })
    expect(response.status).toBe(201)
  })
})

describe('POST /user/login/', () => {
  test.each(['/user/login/', '/user/login', '/login/', '/login'])('%s logs in', async (path) => {
    const { id, username, email } = await person()
    const response = await call('POST', path, { json: { username, password: PASSWORD } })
    const token = textAt(response, 'token')
    expect(response.status).toBe(200)
    expect(response.text).toBe(
      `{"token":"${token}","user":{"id":${id},"username":"${username}","email":"${email}","profile":{"id":${id},"bio":"","location":""}}}`,
    )
  })

  test('returns the profile; accepts the username in any case and untrimmed, and a form', async () => {
    const { id, username, token } = await person('Login')
    await call('PUT', `/user/profile/${id}`, { as: token, json: { bio: 'b', location: 'l' } })
    const response = await call('POST', '/login', { form: { username: ` ${username.toUpperCase()} `, password: PASSWORD } })
    expect([response.status, at(response, 'user', 'profile')]).toEqual([200, { id, bio: 'b', location: 'l' }])
  })

  test('ignores a stale credential', async () => {
    const { username } = await person()
    const response = await call('POST', '/login', { as: 'Token stale', json: { username, password: PASSWORD } })
    expect(response.status).toBe(200)
  })

  test('every failed log-in gets the same text', async () => {
    const { username } = await person()
    const wrong: unknown[] = [
      { username, password: 'wrong horse 7' },
      { username, password: PASSWORD.toUpperCase() },
      { username: freshName('unknown'), password: PASSWORD },
      { username },
      { password: PASSWORD },
      {},
      [],
      { username: '', password: '' },
      { username: null, password: null },
      { username: true, password: { $ne: '' } },
      { username: `${username}\u0000`, password: PASSWORD },
      { username: 'n'.repeat(5000), password: 'p'.repeat(5000) },
    ]
    for (const json of wrong) {
      const response = await call('POST', '/user/login/', { json })
      expect([response.status, response.text], JSON.stringify(json).slice(0, 80)).toEqual([400, INVALID])
    }
  })

  test('reports an inactive account only if the password is right', async () => {
    const { username } = await person()
    await setActive(username, false)
    const right = await call('POST', '/user/login/', { json: { username, password: PASSWORD } })
    expect([right.status, right.text]).toEqual([400, '{"error":"User account is inactive"}'])
    const wrong = await call('POST', '/user/login/', { json: { username, password: 'wrong horse 7' } })
    expect([wrong.status, wrong.text]).toEqual([400, INVALID])
  })
})

describe('POST /user/logout/', () => {
  test.each(['/user/logout/', '/user/logout'])('%s responds with an empty object and ends the token', async (path) => {
    const { token, username } = await person()
    const other = `Token ${textAt(await call('POST', '/login', { json: { username, password: PASSWORD } }), 'token')}`
    const response = await call('POST', path, { as: token })
    expect([response.status, response.text]).toEqual([200, '{}'])
    const after = await call('GET', '/session/', { as: token })
    expect([after.status, after.text]).toEqual([401, '{"detail":"Invalid token."}'])
    expect((await call('POST', path, { as: token })).status).toBe(401)
    expect((await call('GET', '/session/', { as: other })).status).toBe(200)
  })
})

describe('POST /user/validate-token/', () => {
  test('reports whether the token in the header is valid, with any scheme name', async () => {
    const { token, username } = await person()
    const [, bare] = token.split(' ')
    const validate = async (as?: string) => {
      const response = await call('POST', '/user/validate-token', { as })
      expect(response.status).toBe(response.text === '{"valid":true}' ? 200 : 401)
      return response.text
    }
    for (const scheme of ['Token', 'token', 'Bearer', 'JWT']) expect(await validate(`${scheme} ${bare}`)).toBe('{"valid":true}')
    for (const as of [
      undefined,
      '',
      'Token',
      'Token x',
      `Token ${bare} x`,
      `Token ${await signTestToken()}`,
      `Token ${await signTestToken({ expiresIn: -60 })}`,
    ]) {
      expect(await validate(as), String(as)).toBe('{"valid":false}')
    }
    const pair = await call('POST', '/api/token/', { json: { username, password: PASSWORD } })
    expect(await validate(`Bearer ${textAt(pair, 'access')}`)).toBe('{"valid":true}')
    expect(await validate(`Bearer ${textAt(pair, 'refresh')}`)).toBe('{"valid":false}')
    await call('POST', '/user/logout/', { as: token })
    expect(await validate(token)).toBe('{"valid":false}')
    const session = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
    const cookie = await call('POST', '/user/validate-token/', { headers: { Cookie: `sessionid=${sessionIn(session)}` } })
    expect(cookie.text).toBe('{"valid":true}')
  })
})

describe('GET /user/user-details/', () => {
  test.each(['/user/user-details/', '/user/user-details', '/user-details/', '/user-details'])('%s', async (path) => {
    const { id, username, email, token } = await person()
    const response = await call('GET', path, { as: token })
    const createdAt = textAt(response, 'created_at')
    expect(response.text).toBe(
      `{"user":{"id":${id},"username":"${username}","email":"${email}"},"bio":"","profile_picture":null,"created_at":"${createdAt}"}`,
    )
    expect(Math.abs(Date.now() - Date.parse(createdAt))).toBeLessThan(60_000)
    const head = await call('HEAD', path, { as: token })
    expect([head.status, head.text]).toEqual([200, ''])
  })

  test('returns the bio, and the picture as a URL', async () => {
    const { id, token } = await person()
    await call('PATCH', `/user/profile/${id}`, { as: token, json: { bio: 'two\nlines' } })
    await call('PATCH', '/api/users/me/', { as: token, json: { profile_picture: 'https://example.com/me.png' } })
    const response = await call('GET', '/user/user-details', { as: token })
    expect(response.json).toMatchObject({ bio: 'two\nlines', profile_picture: 'https://example.com/me.png' })
  })
})

describe('/user/profile/<id>', () => {
  test('the owner gets every field, in order, with and without a slash', async () => {
    const { id, username, email, token } = await person()
    const expected = `{"id":${id},"bio":"","location":"","user":{"id":${id},"username":"${username}","email":"${email}"}}`
    for (const path of [`/user/profile/${id}`, `/user/profile/${id}/`]) {
      const response = await call('GET', path, { as: token })
      expect([response.status, response.text]).toEqual([200, expected])
    }
  })

  test('staff get the e-mail address, other users an empty one', async () => {
    const owner = await person()
    const otherUser = await person()
    const profile = await call('GET', `/user/profile/${owner.id}`, { as: otherUser.token })
    const user = `"user":{"id":${owner.id},"username":"${owner.username}","email":""}`
    expect([profile.status, profile.text]).toEqual([200, `{"id":${owner.id},"bio":"","location":"",${user}}`])
    for (const flag of ['is_admin', 'is_staff', 'is_superuser'] as const) {
      const staff = await personWith(flag)
      expect(at(await call('GET', `/user/profile/${owner.id}`, { as: staff.token }), 'user', 'email')).toBe(owner.email)
    }
  })

  test('PUT replaces, PATCH changes some fields; a blank is a value; forms are accepted', async () => {
    const { id, token, username, email } = await person()
    const path = `/user/profile/${id}`
    const user = `"user":{"id":${id},"username":"${username}","email":"${email}"}`
    const put = await call('PUT', path, { as: token, json: { bio: ' I meditate.\n\tDaily. ', location: 'Nairobi', username: 'x', id: 7 } })
    expect([put.status, put.text]).toEqual([200, `{"id":${id},"bio":"I meditate.\\n\\tDaily.","location":"Nairobi",${user}}`])
    const patched = await call('PATCH', `${path}/`, { as: token, json: { location: '' } })
    expect([patched.status, patched.text]).toEqual([200, `{"id":${id},"bio":"I meditate.\\n\\tDaily.","location":"",${user}}`])
    const nothing = await call('PATCH', path, { as: token, json: {} })
    expect([nothing.status, nothing.text]).toEqual([200, patched.text])
    const form = await call('PUT', path, { as: token, form: { bio: '', location: 'Lima' } })
    expect([form.status, form.text]).toEqual([200, `{"id":${id},"bio":"","location":"Lima",${user}}`])
    expect((await call('GET', path, { as: token })).text).toBe(form.text)
  })

  test('PATCH creates a missing profile, with defaults for the other fields', async () => {
    const { id, token } = await person()
    const response = await call('PATCH', `/user/profile/${id}`, { as: token, json: { location: 'Lima' } })
    expect(response.json).toMatchObject({ bio: '', location: 'Lima' })
  })

  test.each<[string, unknown, unknown]>([
    ['nothing', {}, { bio: REQUIRED, location: REQUIRED }],
    ['one of two', { bio: 'b' }, { location: REQUIRED }],
    ['nulls', { bio: null, location: null }, { bio: NULL, location: NULL }],
    ['wrong types', { bio: true, location: [] }, { bio: NOT_A_STRING, location: NOT_A_STRING }],
    [
      'too much',
      { bio: 'b'.repeat(1001), location: 'l'.repeat(201) },
      { bio: ['Ensure this field has no more than 1000 characters.'], location: ['Ensure this field has no more than 200 characters.'] },
    ],
    [
      'control characters',
      { bio: 'a\u0001', location: 'a\nb' },
      { bio: ['Control characters are not allowed.'], location: ['Control characters are not allowed.'] },
    ],
    ['NUL', { bio: 'a\u0000b', location: '' }, { bio: ['Null characters are not allowed.'] }],
  ])('PUT responds with 400 for %s', async (_what, json, expected) => {
    const { id, token } = await person()
    const response = await call('PUT', `/user/profile/${id}`, { as: token, json })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  test('lengths are counted in characters, not in UTF-16 units', async () => {
    const { id, token } = await person()
    const response = await call('PUT', `/user/profile/${id}`, { as: token, json: { bio: '🧘'.repeat(1000), location: '山'.repeat(200) } })
    expect([response.status, textAt(response, 'bio').length]).toEqual([200, 2000])
  })

  test('only the owner and staff may change a profile', async () => {
    const owner = await person()
    const path = `/user/profile/${owner.id}`
    for (const method of ['PUT', 'PATCH']) {
      for (const json of [{ bio: 'hacked', location: 'hacked' }, {}]) {
        const response = await call(method, path, { as: (await person()).token, json })
        expect([method, response.status, response.text]).toEqual([method, 403, FORBIDDEN])
        expect(response.headers.has('WWW-Authenticate')).toBe(false)
      }
    }
    expect(await call('GET', path, { as: owner.token })).toMatchObject({ json: { bio: '', location: '' } })
    const byStaff = await call('PATCH', path, { as: (await personWith('is_staff')).token, json: { bio: 'edited by staff' } })
    expect(byStaff.json).toMatchObject({ id: owner.id, bio: 'edited by staff', user: { email: owner.email } })
  })

  test('404 for an unknown user, with any method and body', async () => {
    const { token } = await person()
    const staff = await personWith('is_admin')
    for (const id of [...INVALID_IDS, '2147483647']) {
      for (const as of [token, staff.token]) {
        const read = await call('GET', `/user/profile/${id}`, { as })
        expect([id, read.status, read.text]).toEqual([id, 404, NOT_FOUND])
        for (const json of [{ bio: '', location: '' }, {}]) {
          const put = await call('PUT', `/user/profile/${id}`, { as, json })
          expect([id, put.status, put.text]).toEqual([id, 404, NOT_FOUND])
        }
      }
    }
  })
})

describe('/session/', () => {
  test('lists the newest date first, and within a date the last created first', async () => {
    const { token } = await person()
    for (const [name, date] of [
      ['a', '2024-01-02'],
      ['b', '2024-03-01'],
      ['c', '2023-12-31'],
      ['d', '2024-01-02'],
    ]) {
      await call('POST', '/session', { as: token, json: { name, date, duration: 1 } })
    }
    const response = await call('GET', '/session', { as: token })
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(Array.isArray(response.json) && response.json.map((_, index) => at(response, index, 'name'))).toEqual(['b', 'd', 'a', 'c'])
    expect(response.headers.has('Link')).toBe(false)
  })

  test('lists only the sessions of the caller', async () => {
    const owner = await person()
    await createSession(owner.token)
    expect((await call('GET', '/session/', { as: (await person()).token })).text).toBe('[]')
    expect((await call('GET', '/session/', { as: (await personWith('is_admin')).token })).text).toBe('[]')
  })

  test('lists page by page, with a link to the next page', async () => {
    const { token } = await person()
    const days = ['2024-01-05', '2024-01-04', '2024-01-04', '2024-01-02', '2024-01-01']
    for (const date of days) await createSession(token, { ...SESSION, date })
    const seen: unknown[] = []
    let url = '/session/?limit=2'
    for (let page = 0; page < 3; page++) {
      const response = await call('GET', url, { as: token })
      if (Array.isArray(response.json)) seen.push(...response.json)
      const next = /^<(https:\/\/concord\.test\/session\/\?[^>]+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1]
      if (next === undefined) break
      url = next.slice(ORIGIN.length)
    }
    expect(seen).toEqual((await call('GET', '/session/', { as: token })).json)
    expect(seen).toHaveLength(days.length)
  })

  test.each([
    ['limit=0', { limit: ['Ensure this value is greater than or equal to 1.'] }],
    ['limit=1001', { limit: ['Ensure this value is less than or equal to 1000.'] }],
    ['limit=abc', { limit: NOT_AN_INTEGER }],
    ['limit=', { limit: NOT_AN_INTEGER }],
    ['cursor=nonsense', { cursor: ['Invalid cursor'] }],
    ['cursor=', { cursor: ['Invalid cursor'] }],
    ['cursor=JTIyYSUyMg', { cursor: ['Invalid cursor'] }],
  ])('400 for ?%s', async (query, expected) => {
    const response = await call('GET', `/session/?${query}`, { as: (await person()).token })
    expect([response.status, response.text]).toEqual([400, JSON.stringify(expected)])
  })

  const MIN = ['Ensure this value is greater than or equal to 1.']
  const MAX = ['Ensure this value is less than or equal to 1440.']
  const invalid: [string, unknown, unknown][] = [
    ['nothing', {}, { name: REQUIRED, date: REQUIRED, duration: REQUIRED }],
    ['nulls', { name: null, date: null, duration: null }, { name: NULL, date: NULL, duration: NULL }],
    ['blanks', { name: ' ', date: '', duration: '' }, { name: BLANK, date: NOT_A_DATE, duration: NOT_AN_INTEGER }],
    ['booleans', { name: true, date: true, duration: true }, { name: NOT_A_STRING, date: NOT_A_DATE, duration: NOT_AN_INTEGER }],
    ['lists', { name: [], date: [], duration: [] }, { name: NOT_A_STRING, date: NOT_A_DATE, duration: NOT_AN_INTEGER }],
    ['a name that is too long', { ...SESSION, name: 'n'.repeat(101) }, { name: ['Ensure this field has no more than 100 characters.'] }],
    ['a control character', { ...SESSION, name: 'a\nb' }, { name: ['Control characters are not allowed.'] }],
    ['a day that is not in the calendar', { ...SESSION, date: '2023-02-29' }, { date: NOT_A_DATE }],
    ['a 31st of June', { ...SESSION, date: '2024-06-31' }, { date: NOT_A_DATE }],
    ['another form of date', { ...SESSION, date: '06/07/2024' }, { date: NOT_A_DATE }],
    ['a date-time', { ...SESSION, date: '2024-07-06T10:00:00Z' }, { date: NOT_A_DATE }],
    ['a year of two digits', { ...SESSION, date: '24-07-06' }, { date: NOT_A_DATE }],
    ['a number as a date', { ...SESSION, date: 20240706 }, { date: NOT_A_DATE }],
    ['a duration of zero', { ...SESSION, duration: 0 }, { duration: MIN }],
    ['a negative duration', { ...SESSION, duration: -5 }, { duration: MIN }],
    ['a duration of more than a day', { ...SESSION, duration: 1441 }, { duration: MAX }],
    ['half a minute', { ...SESSION, duration: 0.5 }, { duration: NOT_AN_INTEGER }],
    ['a duration in words', { ...SESSION, duration: 'sixty' }, { duration: NOT_AN_INTEGER }],
    ['half a minute as a text', { ...SESSION, duration: '12.5' }, { duration: NOT_AN_INTEGER }],
    ['a number beyond the integer range', { ...SESSION, duration: '99999999999999999999' }, { duration: NOT_AN_INTEGER }],
  ]

  test.each(invalid)('POST and PUT respond with 400 for %s', async (_what, json, expected) => {
    const { token } = await person()
    const posted = await call('POST', '/session/', { as: token, json })
    expect([posted.status, posted.text]).toEqual([400, JSON.stringify(expected)])
    const id = await createSession(token)
    const put = await call('PUT', `/session/${id}/`, { as: token, json })
    expect([put.status, put.text]).toEqual([400, JSON.stringify(expected)])
    expect((await call('GET', `/session/${id}`, { as: token })).json).toEqual({ id, ...SESSION })
  })

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a number for a name', { name: 7 }, { name: '7' }],
    ['a name to be trimmed', { name: '  Morning ' }, { name: 'Morning' }],
    ['a hundred characters', { name: '🧘'.repeat(100) }, { name: '🧘'.repeat(100) }],
    ['digits for a duration', { duration: ' 12 ' }, { duration: 12 }],
    ['the shortest', { duration: 1 }, { duration: 1 }],
    ['the longest', { duration: 1440 }, { duration: 1440 }],
    ['a leap day', { date: '2024-02-29' }, { date: '2024-02-29' }],
    ['unknown fields', { id: 1, account_id: 1, extra: {} }, {}],
  ])('POST accepts %s', async (_what, fields, stored) => {
    const { token } = await person()
    const response = await call('POST', '/session/', { as: token, json: { ...SESSION, ...fields } })
    expect(response.status).toBe(201)
    expect(response.json).toEqual({ ...SESSION, id: expect.any(Number), ...stored })
  })

  test('POST accepts both form encodings', async () => {
    const { token } = await person()
    const fields = { name: 'Session 1', date: '2024-07-06', duration: '60' }
    const multipart = new FormData()
    for (const [name, value] of Object.entries(fields)) multipart.set(name, value)
    for (const sent of [{ form: fields }, { body: multipart }]) {
      const response = await call('POST', '/session/', { as: token, ...sent })
      expect([response.status, response.json]).toEqual([201, { id: expect.any(Number), ...SESSION }])
    }
  })

  test('concurrent requests create separate sessions', async () => {
    const { token } = await person()
    const ids = await Promise.all(Array.from({ length: 20 }, () => createSession(token)))
    expect(new Set(ids).size).toBe(20)
  })
})

describe('/session/<id>/', () => {
  test('PATCH changes some fields; PUT requires all of them', async () => {
    const { token } = await person()
    const id = await createSession(token)
    for (const [method, json, expected] of [
      ['PATCH', { duration: 30 }, { ...SESSION, duration: 30 }],
      ['PATCH', {}, { ...SESSION, duration: 30 }],
      ['PUT', { name: 'New', date: '2024-01-01', duration: 5 }, { name: 'New', date: '2024-01-01', duration: 5 }],
      ['PATCH', { name: 'Newer', id: 99 }, { name: 'Newer', date: '2024-01-01', duration: 5 }],
    ] as const) {
      const response = await call(method, `/session/${id}`, { as: token, json })
      expect([response.status, response.text]).toEqual([200, JSON.stringify({ id, ...expected })])
    }
    const part = await call('PUT', `/session/${id}/`, { as: token, json: { name: 'Half' } })
    expect([part.status, part.text]).toEqual([400, JSON.stringify({ date: REQUIRED, duration: REQUIRED })])
    const nulled = await call('PATCH', `/session/${id}/`, { as: token, json: { name: null } })
    expect([nulled.status, nulled.text]).toEqual([400, JSON.stringify({ name: NULL })])
  })

  test('PATCH accepts a form', async () => {
    const { token } = await person()
    const id = await createSession(token)
    const response = await call('PATCH', `/session/${id}/`, { as: token, form: { duration: '15' } })
    expect([response.status, response.json]).toEqual([200, { id, ...SESSION, duration: 15 }])
  })

  test('a session of another user and an unknown id get the same 404, with any method and body', async () => {
    const owner = await person()
    const sessionId = await createSession(owner.token)
    const otherUsers = [await person(), await personWith('is_admin', 'is_staff', 'is_superuser')]
    for (const id of [String(sessionId), '2147483647', ...INVALID_IDS]) {
      for (const { token } of otherUsers) {
        const attempts = [
          await call('GET', `/session/${id}/`, { as: token }),
          await call('PUT', `/session/${id}/`, { as: token, json: SESSION }),
          await call('PUT', `/session/${id}/`, { as: token, json: {} }),
          await call('PATCH', `/session/${id}`, { as: token, json: { duration: 1 } }),
          await call('PATCH', `/session/${id}`, { as: token, json: { duration: 'x' } }),
          await call('DELETE', `/session/${id}/`, { as: token }),
        ]
        expect([id, ...attempts.map(({ status, text }) => `${status} ${text}`)]).toEqual([id, ...attempts.map(() => `404 ${NOT_FOUND}`)])
      }
    }
    expect((await call('GET', `/session/${sessionId}/`, { as: owner.token })).json).toEqual({ id: sessionId, ...SESSION })
  })

  test('concurrent requests delete a session once, and its id is never reused', async () => {
    const { token } = await person()
    const id = await createSession(token)
    const response = await Promise.all(Array.from({ length: 10 }, () => call('DELETE', `/session/${id}`, { as: token })))
    expect(response.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 9 }, () => 404)])
    expect(await createSession(token)).toBeGreaterThan(id)
  })
})

describe('authentication and methods', () => {
  const PROTECTED: [string, string][] = [
    ['POST', '/user/logout/'],
    ['GET', '/user/user-details/'],
    ['GET', '/user-details'],
    ['GET', '/user/profile/1'],
    ['PUT', '/user/profile/1'],
    ['PATCH', '/user/profile/1'],
    ['GET', '/session/'],
    ['POST', '/session/'],
    ['GET', '/session/1/'],
    ['PUT', '/session/1/'],
    ['PATCH', '/session/1/'],
    ['DELETE', '/session/1/'],
  ]

  test.each(PROTECTED)('%s %s names the problem of a missing or invalid credential', async (method, path) => {
    const inactive = await person()
    await setActive(inactive.username, false)
    const cases: [string | undefined, string][] = [
      [undefined, 'Authentication credentials were not provided.'],
      ['Basic dXNlcjpwYXNz', 'Authentication credentials were not provided.'],
      ['Token', 'Invalid token header. No credentials provided.'],
      ['Token a b', 'Invalid token header. Token string should not contain spaces.'],
      ['Token nonsense', 'Invalid token.'],
      [`Token ${await signTestToken({ secret: 'another secret, which the service never used' })}`, 'Invalid token.'],
      [`Token ${await signTestToken({ expiresIn: -60 })}`, 'Invalid token.'],
      [`Token ${await signTestToken({ sub: '999999' })}`, 'Invalid token.'],
      [inactive.token, 'User inactive or deleted.'],
    ]
    for (const [as, detail] of cases) {
      // The body is invalid, too: authentication must be checked first.
      const response = await call(method, path, { as, ...(method !== 'GET' && { json: [] }) })
      expect([as, response.status, response.text]).toEqual([as, 401, JSON.stringify({ detail })])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
  })

  test.each([
    ['PUT', '/user/register/', 'OPTIONS, POST'],
    ['GET', '/login', 'OPTIONS, POST'],
    ['DELETE', '/user/logout', 'OPTIONS, POST'],
    ['POST', '/user-details/', 'GET, HEAD, OPTIONS'],
    ['POST', '/user/profile/1', 'GET, HEAD, OPTIONS, PATCH, PUT'],
    ['DELETE', '/session/', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/session/1/', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
  ])('%s %s gets a 405, and credentials are not checked', async (method, path, allow) => {
    const response = await call(method, path)
    expect([response.status, response.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(response.headers.get('Allow')).toBe(allow)
  })

  test.each(['/user/', '/user/nothing/', '/session/1/2', '/session//', '/user/profile/', '/register/x'])('404 for %s', async (path) => {
    const response = await call('GET', path)
    expect([response.status, response.text]).toEqual([404, NOT_FOUND])
  })
})
