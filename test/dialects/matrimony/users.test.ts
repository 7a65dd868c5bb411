import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type TestResponse, textAt } from '../../support/call.ts'
import { accountRow, keysAt, sessionIn, setActive } from '../../support/contracts.ts'
import { freshName, PASSWORD, person, personWith } from '../../support/people.ts'
import { signTestToken } from '../../support/test-tokens.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const T = 'You do not have permission to perform this action.'
const FORBIDDEN = JSON.stringify({ error: T, message: T })
const REQUIRED = ['This field is required.']
const SHORT = 'This password is too short. It must contain at least 8 characters.'
const COMMON = 'This password is too common.'
const NUMERIC = 'This password is entirely numeric.'
const COMPLEXITY = 'Password must meet the required complexity.'
const NO_CHOICE = 'Select a valid choice. That choice is not one of the available options.'
const NO_PLAN = 'The selected subscription plan does not exist.'
const BAD_PHONE = 'Enter a valid phone number.'
const BAD_EMAIL = 'Enter a valid email address.'
const BAD_NAME = 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'
const NAME_TAKEN = 'A user with this username already exists.'
const MAIL_TAKEN = 'A user with this email already exists.'
const PHONE_TAKEN = 'A user with this phone number already exists.'
const CREATED = '{"message":"User Created Successfully"}'
const DAY = /^\d{4}-\d\d-\d\d$/
const STRONG = 'syam1234'

let phoneCount = 0
/** An unused mobile number in India. */
const freshPhone = (): string => `+91902345${String(++phoneCount).padStart(4, '0')}`

const registration = (fields: Record<string, unknown> = {}): Record<string, unknown> => {
  const username = freshName()
  return { username, password: STRONG, email: `${username}@example.com`, first_name: 'syam', last_name: 'S', ...fields }
}

const create = (json: unknown, as?: string) => call('POST', '/users/', { json, as })

const logIn = async (username: string, password = STRONG): Promise<string> =>
  `Token ${textAt(await call('POST', '/users/login/', { json: { username, password } }), 'token')}`

/** A user who registered through this contract. */
const member = async (fields: Record<string, unknown> = {}) => {
  const json = registration(fields)
  const response = await create(json)
  if (response.status !== 201) throw new Error(response.text)
  const username = String(json.username)
  return { username, email: String(json.email), token: await logIn(username) }
}

const statusAndText = (response: TestResponse): [number, string] => [response.status, response.text]
const badRequest = (body: unknown): [number, string] => [400, JSON.stringify(body)]

const createPlan = async (fields: { status?: string; end?: string } = {}): Promise<number> => {
  const row = await env.DB.prepare(
    'INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at) VALUES (?, ?, ?, ?, 1, 1) RETURNING id',
  )
    .bind('basic', '2020-01-01', fields.end ?? '2999-12-31', fields.status ?? 'active')
    .first<number>('id')
  return Number(row)
}

describe("the contract document's own requests, to the letter", () => {
  test('from creating a user to deactivating it', async () => {
    const created = await call('POST', '/users', {
      headers: JSON_TYPE,
      body: `{
    "username":"syam",
    "password":"syam1234",
    "email":"syam@gmail.com",
    "first_name":"syam",
    "last_name":"S",
    "phone_number":"+919023459789",
    "is_active":true,
    "role":"user"
}`,
    })
    expect(statusAndText(created)).toEqual([201, CREATED])
    expect(created.headers.get('Content-Type')).toBe('application/json')

    const loggedIn = await call('POST', '/users/login', {
      headers: JSON_TYPE,
      body: '{\n    "username":"syam",\n    "password":"syam1234"\n}',
    })
    const as = `Token ${textAt(loggedIn, 'token')}`
    expect(statusAndText(loggedIn)).toEqual([200, `{"token":"${textAt(loggedIn, 'token')}"}`])

    const me = await call('GET', '/users/byId/', { as })
    const today = new Date().toISOString().slice(0, 10)
    const userText = (planId: number | null) =>
      JSON.stringify({
        user_id: at(me, 'user_id'),
        date_joined: at(me, 'date_joined'),
        username: 'syam',
        password: '********',
        email: 'syam@gmail.com',
        phone_number: '+919023459789',
        first_name: 'syam',
        last_name: 'S',
        joined_date: today,
        last_login: today,
        created_on: today,
        updated_on: today,
        is_active: true,
        is_superuser: false,
        is_staff: false,
        is_admin: false,
        role: 'user',
        subscription_plan: planId,
        groups: [],
        user_permissions: [],
      })
    expect(statusAndText(me)).toEqual([200, userText(null)])
    expect(textAt(me, 'date_joined')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/)

    const planId = await createPlan()
    const updated = await call('PUT', '/users/byId/', { as, headers: JSON_TYPE, body: `{\n    "subscription_plan": ${planId}\n}` })
    expect(statusAndText(updated)).toEqual([200, userText(planId)])

    const reset = await call('PUT', '/users/reset/', {
      as,
      headers: JSON_TYPE,
      body: '{\n    "username":"syam",\n    "old_password":"syam1234",\n    "new_password":"shyam123"\n}',
    })
    expect(statusAndText(reset)).toEqual([200, '{"message":"Password reset successfully."}'])

    // This contract's clients send the header in the body, too.
    const out = await call('POST', '/users/logout/', { as, json: { Authorization: as } })
    expect(statusAndText(out)).toEqual([200, '{"message":"Logout Successfully"}'])
    const afterLogout = await call('GET', '/users/byId/', { as })
    expect(statusAndText(afterLogout)).toEqual([401, '{"error":"Invalid or expired token."}'])

    const again = await logIn('syam', 'shyam123')
    const deactivated = await call('PATCH', '/users/deactivate/', { as: again, json: { Authorization: again } })
    expect(statusAndText(deactivated)).toEqual([200, '{"message":"User syam deactivated successfully"}'])
    const after = await call('PATCH', '/users/deactivate/', { as: again })
    expect(statusAndText(after)).toEqual(badRequest({ detail: 'User inactive or deleted.' }))
  })
})

describe('1. POST /users/', () => {
  test('with only the required fields, and with all fields, in both form encodings', async () => {
    expect(statusAndText(await create(registration()))).toEqual([201, CREATED])
    const planId = await createPlan()
    const { username, password, email } = registration()
    const fields = {
      username: String(username),
      password: String(password),
      email: String(email),
      first_name: 'syam',
      last_name: 'S',
      phone_number: freshPhone(),
      role: 'user',
      is_active: 'true',
      subscription_plan: String(planId),
    }
    expect(statusAndText(await call('POST', '/users', { form: fields }))).toEqual([201, CREATED])
    expect(await accountRow(fields.username)).toMatchObject({
      phone_number: fields.phone_number,
      subscription_plan_id: planId,
      is_active: 1,
    })
    const multipart = new FormData()
    const other = registration({ phone_number: '', subscription_plan: '' })
    for (const [name, value] of Object.entries(other)) multipart.set(name, String(value))
    expect(statusAndText(await call('POST', '/users/', { body: multipart }))).toEqual([201, CREATED])
    expect(await accountRow(String(other.username))).toMatchObject({ phone_number: null, subscription_plan_id: null })
  })

  test('null means no phone number and no plan', async () => {
    expect((await create(registration({ phone_number: null, subscription_plan: null }))).status).toBe(201)
    expect((await create(registration({ phone_number: null }))).status).toBe(201)
  })

  test.each<[string, Record<string, unknown>, unknown]>([
    [
      'a username that is too long',
      { username: 'n'.repeat(51) },
      { error: 'Ensure this field has no more than 50 characters.', username: ['Ensure this field has no more than 50 characters.'] },
    ],
    ['a username with a space', { username: 'a b' }, { error: BAD_NAME, username: [BAD_NAME] }],
    ['a blank username', { username: '' }, { error: 'This field may not be blank.', username: ['This field may not be blank.'] }],
    ['a bad e-mail address', { email: 'syam' }, { error: BAD_EMAIL, email: [BAD_EMAIL] }],
    ['a short password', { password: 'a1' }, { error: COMPLEXITY, password: [SHORT] }],
    ['a common password', { password: 'password123' }, { error: COMPLEXITY, password: [COMMON] }],
    ['a password that breaks every rule', { password: '1234567' }, { error: COMPLEXITY, password: [SHORT, COMMON, NUMERIC] }],
    ['an unknown role', { role: 'king' }, { error: NO_CHOICE, role: [NO_CHOICE] }],
    ['a role of another type', { role: 1 }, { error: NO_CHOICE, role: [NO_CHOICE] }],
    ['an unknown plan', { subscription_plan: 99999 }, { error: NO_PLAN, subscription_plan: [NO_PLAN] }],
    ['the plan id 0', { subscription_plan: 0 }, { error: NO_PLAN, subscription_plan: [NO_PLAN] }],
    [
      'a plan id that is a text',
      { subscription_plan: 'gold' },
      {
        error: 'Incorrect type. Expected pk value, received str.',
        subscription_plan: ['Incorrect type. Expected pk value, received str.'],
      },
    ],
    [
      'a plan id that is a boolean',
      { subscription_plan: true },
      {
        error: 'Incorrect type. Expected pk value, received bool.',
        subscription_plan: ['Incorrect type. Expected pk value, received bool.'],
      },
    ],
    [
      'an is_active that is no boolean',
      { is_active: 'perhaps' },
      { error: 'Must be a valid boolean.', is_active: ['Must be a valid boolean.'] },
    ],
    [
      'a first name that is too long',
      { first_name: 'x'.repeat(51) },
      { error: 'Ensure this field has no more than 50 characters.', first_name: ['Ensure this field has no more than 50 characters.'] },
    ],
    ['a null last name', { last_name: null }, { error: 'This field may not be null.', last_name: ['This field may not be null.'] }],
    [
      'several invalid fields: `error` names the first',
      { email: 'x', phone_number: 'y', password: '1234567', role: 'z' },
      { error: COMPLEXITY, password: [SHORT, COMMON, NUMERIC], email: [BAD_EMAIL], phone_number: [BAD_PHONE], role: [NO_CHOICE] },
    ],
    [
      'an invalid field before a missing one',
      { username: 'a b', first_name: undefined },
      { error: BAD_NAME, username: [BAD_NAME], first_name: REQUIRED },
    ],
  ])('400 for %s', async (_what, fields, expected) => {
    expect(statusAndText(await create(registration(fields)))).toEqual(badRequest(expected))
  })

  test('400 lists every missing field, in order', async () => {
    const all = { username: REQUIRED, password: REQUIRED, email: REQUIRED, first_name: REQUIRED, last_name: REQUIRED }
    expect(statusAndText(await create({}))).toEqual(
      badRequest({ error: 'The following fields are required: username, password, email, first_name, last_name.', ...all }),
    )
    expect(statusAndText(await create({ last_name: 'S', password: STRONG, first_name: 's' }))).toEqual(
      badRequest({ error: 'The following fields are required: username, email.', username: REQUIRED, email: REQUIRED }),
    )
    expect(statusAndText(await create({ ...registration(), first_name: undefined, phone_number: 'x' }))).toEqual(
      badRequest({ error: 'The following fields are required: first_name.', first_name: REQUIRED, phone_number: [BAD_PHONE] }),
    )
  })

  test('400 for a body that is not an object', async () => {
    const text = 'Invalid data. Expected a dictionary, but got list.'
    expect(statusAndText(await create([]))).toEqual(badRequest({ error: text, non_field_errors: [text] }))
  })

  test('400 for values that are in use, one at a time and together', async () => {
    const phone = freshPhone()
    const existing = await member({ phone_number: phone })
    for (const [fields, expected] of [
      [{ username: existing.username.toUpperCase() }, { error: 'Username already exists.', username: [NAME_TAKEN] }],
      [{ email: existing.email.toUpperCase() }, { error: 'Email already exists.', email: [MAIL_TAKEN] }],
      [{ phone_number: phone }, { error: 'Phone number already exists.', phone_number: [PHONE_TAKEN] }],
      [
        { phone_number: `${phone.slice(0, 3)} (${phone.slice(3, 8)}) ${phone.slice(8)}` },
        { error: 'Phone number already exists.', phone_number: [PHONE_TAKEN] },
      ],
      [
        { username: existing.username, email: existing.email, phone_number: phone },
        { error: 'Username already exists.', username: [NAME_TAKEN], email: [MAIL_TAKEN], phone_number: [PHONE_TAKEN] },
      ],
      [
        {
          username: existing.username,
          password: '1234567',
          phone_number: `${phone.slice(0, 3)} ${phone.slice(3)}`,
          subscription_plan: 99999,
        },
        {
          error: 'Username already exists.',
          username: [NAME_TAKEN],
          password: [SHORT, COMMON, NUMERIC],
          phone_number: [PHONE_TAKEN],
          subscription_plan: [NO_PLAN],
        },
      ],
      [
        { email: existing.email, subscription_plan: 99999 },
        { error: 'Email already exists.', email: [MAIL_TAKEN], subscription_plan: [NO_PLAN] },
      ],
    ]) {
      expect(statusAndText(await create(registration(fields)))).toEqual(badRequest(expected))
    }
  })

  test.each([
    '9023459789',
    '+91',
    '+919',
    '+9190234597',
    '+91902345978900',
    '+0123456789',
    '+999123456789',
    'phone',
    '+91 abc',
    true,
    [],
    '+12025550',
  ])('400 for the phone number %j', async (phone) => {
    const response = await create(registration({ phone_number: phone }))
    const text = typeof phone === 'string' ? BAD_PHONE : 'Not a valid string.'
    expect(statusAndText(response)).toEqual(badRequest({ error: text, phone_number: [text] }))
  })

  test.each([
    ['+44 20 7946 0958', '+442079460958'],
    ['+1 (202) 456-1111', '+12024561111'],
    [' +254 712 345678 ', '+254712345678'],
  ])('the phone number %s is stored in E.164', async (phone, stored) => {
    const json = registration({ phone_number: phone })
    expect((await create(json)).status).toBe(201)
    expect(await accountRow(String(json.username))).toMatchObject({ phone_number: stored })
  })

  test('a plan may be chosen if it is active and has not ended', async () => {
    for (const planId of [await createPlan({ status: 'expired' }), await createPlan({ end: '2020-12-31' })]) {
      expect(statusAndText(await create(registration({ subscription_plan: planId })))).toEqual(
        badRequest({ error: NO_PLAN, subscription_plan: [NO_PLAN] }),
      )
    }
    const json = registration({ subscription_plan: await createPlan({ end: new Date().toISOString().slice(0, 10) }) })
    expect((await create(json)).status).toBe(201)
  })

  test('anyone may create an active account with the role user, with any credential or none', async () => {
    const { token } = await member()
    for (const as of [undefined, token, 'Token stale', 'Token', 'Basic x']) {
      expect((await create(registration({ role: 'user', is_active: true }), as)).status).toBe(201)
    }
  })

  test('any other role or an inactive account needs an admin', async () => {
    const others = [undefined, 'Token stale', (await member()).token, (await personWith('is_staff', 'is_superuser')).token]
    const inactive = await personWith('is_admin')
    await setActive(inactive.username, false)
    for (const as of [...others, inactive.token]) {
      for (const fields of [{ role: 'admin' }, { role: 'suspended' }, { is_active: false }, { is_active: 'false', role: 'user' }]) {
        const json = registration(fields)
        const response = await create(json, as)
        expect(statusAndText(response)).toEqual([403, FORBIDDEN])
        expect(response.headers.has('WWW-Authenticate')).toBe(false)
        expect(await accountRow(String(json.username))).toBeNull()
      }
    }
  })

  test('an admin may create admins and inactive accounts', async () => {
    const { token } = await personWith('is_admin')
    const admin = registration({ role: 'admin' })
    expect(statusAndText(await create(admin, token))).toEqual([201, CREATED])
    const as = await logIn(String(admin.username))
    expect((await call('GET', '/users/byId/', { as })).json).toMatchObject({
      role: 'admin',
      is_admin: true,
      is_staff: false,
      is_superuser: false,
    })
    for (const fields of [{ is_active: false }, { role: 'suspended' }]) {
      const inactive = registration(fields)
      expect((await create(inactive, token)).status).toBe(201)
      const response = await call('POST', '/users/login/', { json: { username: inactive.username, password: STRONG } })
      expect(response.status).toBe(403)
    }
  })

  test('flags in the body are ignored', async () => {
    const json = registration({ is_admin: true, is_staff: true, is_superuser: true, user_id: 1 })
    expect((await create(json, (await personWith('is_admin')).token)).status).toBe(201)
    expect(await accountRow(String(json.username))).toMatchObject({ is_admin: 0, is_staff: 0, is_superuser: 0 })
  })
})

describe('2. POST /users/login/', () => {
  test.each(['/users/login/', '/users/login'])('%s responds with a token only', async (path) => {
    const { username } = await member()
    const response = await call('POST', path, { as: 'Token stale', form: { username: username.toUpperCase(), password: STRONG } })
    expect(statusAndText(response)).toEqual([200, `{"token":"${textAt(response, 'token')}"}`])
    expect(at(await call('GET', '/users/byId', { as: `Token ${textAt(response, 'token')}` }), 'username')).toBe(username)
  })

  test('401 for a wrong password and an unknown name; 403 for an inactive account, with the right password only', async () => {
    const { username } = await member()
    const inactive = await member()
    await setActive(inactive.username, false)
    const INVALID = '{"error":"Invalid credentials.","non_field_errors":["Invalid credentials."]}'
    for (const json of [
      { username, password: 'wrong1234' },
      { username: freshName('unknown'), password: STRONG },
      { username: inactive.username, password: 'wrong1234' },
    ]) {
      const response = await call('POST', '/users/login/', { json })
      expect(statusAndText(response)).toEqual([401, INVALID])
      expect(response.headers.get('WWW-Authenticate')).toBe('Token')
    }
    const response = await call('POST', '/users/login/', { json: { username: inactive.username, password: STRONG } })
    const expected = { error: 'Your account is inactive. Please contact support.', is_active: ['Your account is inactive.'] }
    expect(statusAndText(response)).toEqual([403, JSON.stringify(expected)])
    expect(response.headers.has('WWW-Authenticate')).toBe(false)
  })

  test.each<[unknown, unknown]>([
    [{}, { username: REQUIRED, password: REQUIRED }],
    [{ password: 'x' }, { username: REQUIRED }],
    [{ username: 'x' }, { password: REQUIRED }],
    [
      { username: '', password: null },
      { username: ['This field may not be blank.'], password: ['This field may not be null.'] },
    ],
    [
      { username: [], password: true },
      { username: ['Not a valid string.'], password: ['Not a valid string.'] },
    ],
  ])('400 for %j', async (json, fields) => {
    const response = await call('POST', '/users/login/', { json })
    expect(statusAndText(response)).toEqual(badRequest({ error: 'Username and password are required.', ...Object(fields) }))
  })
})

describe('3. POST /users/logout/', () => {
  test.each(['/users/logout/', '/users/logout'])('%s ends only the credential of the request', async (path) => {
    const { username, token } = await member()
    const other = await logIn(username)
    expect(statusAndText(await call('POST', path, { as: token }))).toEqual([200, '{"message":"Logout Successfully"}'])
    expect(statusAndText(await call('POST', path, { as: token }))).toEqual([401, '{"error":"Invalid or expired token."}'])
    expect((await call('GET', '/users/byId/', { as: other })).status).toBe(200)
  })
})

describe('4. GET /users/byId/', () => {
  test('returns every field in order, for accounts of any contract', async () => {
    const { id, username, email, token } = await person()
    for (const path of ['/users/byId/', '/users/byId']) {
      const response = await call('GET', path, { as: token })
      expect(keysAt(response)).toEqual([
        ...[
          'user_id',
          'date_joined',
          'username',
          'password',
          'email',
          'phone_number',
          'first_name',
          'last_name',
          'joined_date',
          'last_login',
        ],
        ...['created_on', 'updated_on', 'is_active', 'is_superuser', 'is_staff', 'is_admin', 'role', 'subscription_plan', 'groups'],
        'user_permissions',
      ])
      expect(response.json).toMatchObject({
        user_id: id,
        username,
        email,
        password: '********',
        phone_number: null,
        first_name: '',
        last_name: '',
      })
      for (const key of ['joined_date', 'last_login', 'created_on', 'updated_on']) expect(textAt(response, key)).toMatch(DAY)
    }
    expect((await call('HEAD', '/users/byId/', { as: token })).status).toBe(200)
  })

  test('shows the flags and the role', async () => {
    const staff = await personWith('is_staff', 'is_superuser')
    expect((await call('GET', '/users/byId/', { as: staff.token })).json).toMatchObject({
      is_staff: true,
      is_superuser: true,
      is_admin: false,
      role: 'user',
    })
  })
})

describe('5. PUT, PATCH /users/byId/', () => {
  const change = (as: string, json: unknown, method = 'PUT') => call(method, '/users/byId/', { as, json })

  test.each(['PUT', 'PATCH'])('%s changes only the fields that are sent, and responds with the whole object', async (method) => {
    const { token } = await member()
    const planId = await createPlan()
    const before = await call('GET', '/users/byId/', { as: token })
    let user: Record<string, unknown> = { ...Object(before.json) }
    const username = freshName('renamed')
    const phone = freshPhone()
    for (const fields of [
      { first_name: 'Shyam' },
      { last_name: 'K', email: `${username}@example.com` },
      { phone_number: phone },
      { subscription_plan: planId },
      {},
      { subscription_plan: null, phone_number: null },
      { username },
    ]) {
      user = { ...user, ...fields }
      const response = await change(token, fields, method)
      expect([fields, ...statusAndText(response)]).toEqual([fields, 200, JSON.stringify(user)])
    }
    const unchanged = await change(token, user, method)
    expect(statusAndText(unchanged)).toEqual([200, JSON.stringify(user)])
    expect((await call('GET', '/users/byId', { as: token })).text).toBe(JSON.stringify(user))
    expect(await logIn(username)).not.toBe('Token undefined')
    const form = await call(method, '/users/byId', { as: token, form: { subscription_plan: String(planId), phone_number: '' } })
    expect(form.json).toMatchObject({ subscription_plan: planId, phone_number: null })
    expect((await call(method, '/users/byId', { as: token, form: { subscription_plan: '' } })).json).toMatchObject({
      subscription_plan: null,
    })
  })

  test('the password is never changed here', async () => {
    const { username, token } = await member()
    for (const password of ['********', 'another1234', '', null, 1]) {
      const response = await change(token, { password })
      expect([response.status, at(response, 'password')]).toEqual([200, '********'])
    }
    expect((await call('POST', '/users/login/', { json: { username, password: STRONG } })).status).toBe(200)
    expect((await call('POST', '/users/login/', { json: { username, password: '********' } })).status).toBe(401)
  })

  test('the own current values do not count as in use, even if another field is invalid', async () => {
    const phone = freshPhone()
    const { username, email, token } = await member({ phone_number: phone })
    const own = { username: username.toUpperCase(), email, phone_number: phone }
    expect((await change(token, own)).json).toMatchObject({ username: username.toUpperCase() })
    const response = await change(token, { ...own, first_name: '' })
    expect(statusAndText(response)).toEqual(
      badRequest({ error: 'This field may not be blank.', first_name: ['This field may not be blank.'] }),
    )
  })

  test('400 for values of another account, and no field is changed', async () => {
    const phone = freshPhone()
    const other = await member({ phone_number: phone })
    const { token, username } = await member()
    for (const [fields, expected] of [
      [
        { username: other.username.toUpperCase(), first_name: 'X' },
        { error: 'Username already exists.', username: [NAME_TAKEN] },
      ],
      [
        { email: other.email, first_name: 'X' },
        { error: 'Email already exists.', email: [MAIL_TAKEN] },
      ],
      [
        { phone_number: phone, first_name: 'X' },
        { error: 'Phone number already exists.', phone_number: [PHONE_TAKEN] },
      ],
      [
        { email: other.email, phone_number: phone, subscription_plan: 99999 },
        { error: 'Email already exists.', email: [MAIL_TAKEN], phone_number: [PHONE_TAKEN], subscription_plan: [NO_PLAN] },
      ],
    ]) {
      expect(statusAndText(await change(token, fields))).toEqual(badRequest(expected))
    }
    expect((await call('GET', '/users/byId/', { as: token })).json).toMatchObject({ username, first_name: 'syam' })
  })

  test.each<[Record<string, unknown>, string, string]>([
    [{ subscription_plan: 'gold' }, 'subscription_plan', 'Incorrect type. Expected pk value, received str.'],
    [{ subscription_plan: [1] }, 'subscription_plan', 'Incorrect type. Expected pk value, received list.'],
    [{ subscription_plan: 1.5 }, 'subscription_plan', 'Incorrect type. Expected pk value, received float.'],
    [{ subscription_plan: 99999 }, 'subscription_plan', NO_PLAN],
    [{ subscription_plan: -4 }, 'subscription_plan', NO_PLAN],
    [{ email: 'x' }, 'email', BAD_EMAIL],
    [{ email: '' }, 'email', 'This field may not be blank.'],
    [{ phone_number: '12345' }, 'phone_number', BAD_PHONE],
    [{ username: 'a b' }, 'username', BAD_NAME],
    [{ username: null }, 'username', 'This field may not be null.'],
    [{ first_name: true }, 'first_name', 'Not a valid string.'],
    [{ role: 'king' }, 'role', NO_CHOICE],
    [{ first_name: 'a\u0007b' }, 'first_name', 'Control characters are not allowed.'],
  ])('400 for %j', async (fields, field, text) => {
    const { token } = await member()
    expect(statusAndText(await change(token, fields, 'PATCH'))).toEqual(badRequest({ error: text, [field]: [text] }))
  })

  test('role, flags and is_active are ignored unless the caller is an admin', async () => {
    const fields = { role: 'admin', is_admin: true, is_staff: true, is_superuser: true, is_active: false }
    const ordinary = await member()
    const ignored = await change(ordinary.token, fields)
    expect(ignored.json).toMatchObject({ role: 'user', is_admin: false, is_staff: false, is_superuser: false, is_active: true })
    expect((await change(ordinary.token, { role: 'suspended' })).json).toMatchObject({ role: 'user', is_active: true })
    const staff = await personWith('is_staff')
    expect((await change(staff.token, fields)).json).toMatchObject({ role: 'user', is_admin: false, is_superuser: false, is_active: true })
  })

  test('an admin may change their own role, and a superuser their own flags', async () => {
    const admin = await personWith('is_admin')
    expect((await change(admin.token, { is_staff: true, is_superuser: 'true' })).json).toMatchObject({
      is_staff: false,
      is_superuser: false,
      role: 'admin',
    })
    expect((await change(admin.token, { role: 'user' })).json).toMatchObject({ is_admin: false, role: 'user' })
    expect((await change(admin.token, { role: 'admin' })).json).toMatchObject({ is_admin: false, role: 'user' })

    const superuser = await personWith('is_superuser')
    expect((await change(superuser.token, { is_staff: true, is_admin: 'true' })).json).toMatchObject({
      is_staff: true,
      is_superuser: true,
      role: 'admin',
    })
    expect((await change(superuser.token, { is_superuser: false, is_staff: false })).json).toMatchObject({ is_superuser: false })
    expect((await change(superuser.token, { is_superuser: true })).json).toMatchObject({ is_superuser: false, is_staff: false })
  })

  test.each([{ is_active: false }, { role: 'suspended' }])(
    'an admin who deactivates their own account by %j loses every credential',
    async (fields) => {
      const admin = await personWith('is_admin')
      const { refresh } = {
        refresh: textAt(await call('POST', '/api/token/', { json: { username: admin.username, password: PASSWORD } }), 'refresh'),
      }
      expect((await change(admin.token, fields)).json).toMatchObject({ is_active: false })
      expect(statusAndText(await call('GET', '/users/byId/', { as: admin.token }))).toEqual(
        badRequest({ detail: 'User inactive or deleted.' }),
      )
      await setActive(admin.username, true)
      expect((await call('GET', '/users/byId/', { as: admin.token })).status).toBe(401)
      expect((await call('POST', '/api/token/refresh', { json: { refresh } })).status).toBe(401)
    },
  )

  test('if twenty members request one username at once, one of them gets it', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => person()))
    const username = freshName('requested')
    const responses = await Promise.all(people.map(({ token }) => change(token, { username })))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    const losers = responses.filter(({ status }) => status !== 200).map(statusAndText)
    expect(losers).toEqual(Array.from({ length: 19 }, () => badRequest({ error: 'Username already exists.', username: [NAME_TAKEN] })))
  })
})

describe('6. PATCH, PUT /users/deactivate/', () => {
  test.each([
    ['PATCH', '/users/deactivate/'],
    ['PUT', '/users/deactivate'],
  ])('%s %s deactivates the account and ends its credentials', async (method, path) => {
    const { username, token } = await member()
    const other = await logIn(username)
    const session = await call('POST', '/api/sessions/', { json: { username, password: STRONG } })
    const pair = await call('POST', '/api/token/', { json: { username, password: STRONG } })
    const response = await call(method, path, { as: token })
    expect(statusAndText(response)).toEqual([200, `{"message":"User ${username} deactivated successfully"}`])
    for (const as of [token, other, `Bearer ${textAt(pair, 'access')}`]) {
      expect(statusAndText(await call(method, path, { as }))).toEqual(badRequest({ detail: 'User inactive or deleted.' }))
      expect(statusAndText(await call('GET', '/users/byId/', { as }))).toEqual(badRequest({ detail: 'User inactive or deleted.' }))
    }
    expect((await call('GET', '/api/users/me/', { headers: { Cookie: `sessionid=${sessionIn(session)}` } })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: textAt(pair, 'refresh') } })).status).toBe(401)
    expect((await call('POST', '/users/login/', { json: { username, password: STRONG } })).status).toBe(403)
    // Reactivating the account does not restore the old credentials.
    await setActive(username, true)
    expect((await call('GET', '/users/byId/', { as: token })).status).toBe(401)
    expect((await call('POST', '/users/login/', { json: { username, password: STRONG } })).status).toBe(200)
  })
})

describe('7. PUT /users/reset/', () => {
  const NOT_OWN = JSON.stringify({ error: 'You do not have permission to reset this password.', message: T })
  const BOTH = '{"error":"Old and new passwords are required."}'
  const WRONG = '{"error":"Old password is not correct","detail":"Old password is not correct."}'
  const WEAK = 'Password must contain at least 8 characters, including letters, numbers, and special characters.'
  const reset = (as: string, json: unknown, path = '/users/reset/') => call('PUT', path, { as, json })

  test('changes the password and ends every credential except that of the request', async () => {
    const { username, token } = await member()
    const other = await logIn(username)
    const session = await call('POST', '/api/sessions/', { json: { username, password: STRONG } })
    const pair = await call('POST', '/api/token/', { json: { username, password: STRONG } })
    const response = await reset(
      token,
      { username: username.toUpperCase(), old_password: STRONG, new_password: 'shyam123' },
      '/users/reset',
    )
    expect(statusAndText(response)).toEqual([200, '{"message":"Password reset successfully."}'])
    expect((await call('GET', '/users/byId/', { as: token })).status).toBe(200)
    expect((await call('GET', '/users/byId/', { as: other })).status).toBe(401)
    expect((await call('GET', '/users/byId/', { as: `Bearer ${textAt(pair, 'access')}` })).status).toBe(401)
    expect((await call('POST', '/api/token/refresh', { json: { refresh: textAt(pair, 'refresh') } })).status).toBe(401)
    expect((await call('GET', '/api/users/me/', { headers: { Cookie: `sessionid=${sessionIn(session)}` } })).status).toBe(401)
    expect((await call('POST', '/users/login/', { json: { username, password: STRONG } })).status).toBe(401)
    expect((await call('POST', '/users/login/', { json: { username, password: 'shyam123' } })).status).toBe(200)
  })

  test('403 for another account, before any other check, even for an admin', async () => {
    const { username, token } = await member()
    const admin = await personWith('is_admin')
    const passwords = { old_password: STRONG, new_password: 'shyam123' }
    for (const [as, json] of [
      [admin.token, { username, ...passwords }],
      [token, { username: admin.username, ...passwords }],
      [token, passwords],
      [token, {}],
      [token, { username: null }],
      [token, { username: '', old_password: '', new_password: '' }],
      [token, { username: `${username}x`, old_password: 'wrong', new_password: '1' }],
    ] as const) {
      const response = await reset(as, json)
      expect([json, ...statusAndText(response)]).toEqual([json, 403, NOT_OWN])
      expect(response.headers.has('WWW-Authenticate')).toBe(false)
    }
  })

  test('400 for missing passwords, then for a wrong old one, then for a weak new one', async () => {
    const { username, token } = await member()
    for (const fields of [
      {},
      { old_password: STRONG },
      { new_password: 'shyam123' },
      { old_password: '', new_password: 'shyam123' },
      { old_password: STRONG, new_password: null },
      { old_password: 'wrong1234', new_password: '' },
    ]) {
      expect([fields, ...statusAndText(await reset(token, { username, ...fields }))]).toEqual([fields, 400, BOTH])
    }
    for (const new_password of ['shyam123', '1', 'password123']) {
      expect(statusAndText(await reset(token, { username, old_password: 'wrong1234', new_password }))).toEqual([400, WRONG])
    }
    for (const [new_password, texts] of [
      ['a1', [SHORT]],
      ['password123', [COMMON]],
      ['1234567', [SHORT, COMMON, NUMERIC]],
      ['8365027461', [NUMERIC]],
      ['only letters here', [WEAK]],
      ['!!!!????%%%%1', [WEAK]],
      [`a1${'x'.repeat(127)}`, ['Ensure this field has no more than 128 characters.']],
    ] as const) {
      const response = await reset(token, { username, old_password: STRONG, new_password })
      expect(statusAndText(response)).toEqual(badRequest({ error: WEAK, new_password: texts }))
    }
    expect((await call('POST', '/users/login/', { json: { username, password: STRONG } })).status).toBe(200)
  })

  test('400 for passwords that are not texts', async () => {
    const { username, token } = await member()
    const response = await reset(token, { username, old_password: true, new_password: ['x'] })
    const text = 'Not a valid string.'
    expect(statusAndText(response)).toEqual(badRequest({ error: text, old_password: [text], new_password: [text] }))
  })

  test('of concurrent requests with the right old password, one succeeds', async () => {
    const { username, token } = await member()
    const newPasswords = ['first1234', 'second1234', 'third1234', 'fourth1234']
    const responses = await Promise.all(newPasswords.map((new_password) => reset(token, { username, old_password: STRONG, new_password })))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400])
    const winner = newPasswords[responses.findIndex(({ status }) => status === 200)]
    expect((await call('POST', '/users/login/', { json: { username, password: winner } })).status).toBe(200)
  })
})

describe('authentication and methods', () => {
  const PROTECTED: [string, string][] = [
    ['POST', '/users/logout/'],
    ['GET', '/users/byId/'],
    ['PUT', '/users/byId/'],
    ['PATCH', '/users/byId/'],
    ['PATCH', '/users/deactivate/'],
    ['PUT', '/users/deactivate/'],
    ['PUT', '/users/reset/'],
  ]

  test.each(PROTECTED)('%s %s: the texts of the User app', async (method, path) => {
    const inactive = await person()
    await setActive(inactive.username, false)
    const account = await person()
    const pair = await call('POST', '/api/token/', { json: { username: account.username, password: PASSWORD } })
    const absent = badRequest({ error: 'Authentication credentials were not provided.' })
    const invalid: [number, string] = [401, '{"error":"Invalid or expired token."}']
    for (const [as, expected] of [
      [undefined, absent],
      ['Basic dXNlcjpwYXNz', absent],
      ['Token', invalid],
      ['Token a b', invalid],
      ['Token nonsense', invalid],
      [`Token ${await signTestToken({ sub: String(account.id) })}`, invalid],
      [`Token ${await signTestToken({ expiresIn: -60 })}`, invalid],
      [`Token ${await signTestToken({ secret: 'another secret, which the service never used' })}`, invalid],
      [`Token ${await signTestToken({ sub: '987654321' })}`, invalid],
      [`Bearer ${textAt(pair, 'refresh')}`, invalid],
      [inactive.token, badRequest({ detail: 'User inactive or deleted.' })],
    ] as const) {
      const response = await call(method, path, { as, ...(method !== 'GET' && { json: [] }) })
      expect([as, ...statusAndText(response)]).toEqual([as, ...expected])
      expect(response.headers.get('WWW-Authenticate')).toBe(response.status === 401 ? 'Token' : null)
    }
  })

  test.each([
    ['GET', '/users/logout/', 'Use POST for logout.', 'OPTIONS, POST'],
    ['PUT', '/users/logout', 'Use POST for logout.', 'OPTIONS, POST'],
    ['POST', '/users/byId/', 'Use GET to retrieve user details.', 'GET, HEAD, OPTIONS, PATCH, PUT'],
    ['DELETE', '/users/byId', 'Use GET to retrieve user details.', 'GET, HEAD, OPTIONS, PATCH, PUT'],
    ['GET', '/users/deactivate/', 'Use PATCH to deactivate user data.', 'OPTIONS, PATCH, PUT'],
    ['POST', '/users/deactivate', 'Use PATCH to deactivate user data.', 'OPTIONS, PATCH, PUT'],
    ['POST', '/users/reset/', 'Use PUT to reset the password.', 'OPTIONS, PUT'],
    ['PATCH', '/users/reset', 'Use PUT to reset the password.', 'OPTIONS, PUT'],
  ])('%s %s gets a 405 with its own text, and credentials are not checked', async (method, path, hint, allow) => {
    for (const as of [undefined, 'Token nonsense']) {
      const response = await call(method, path, { as })
      expect(statusAndText(response)).toEqual([405, JSON.stringify({ error: `Method not allowed. ${hint}` })])
      expect(response.headers.get('Allow')).toBe(allow)
    }
  })

  test.each([
    ['PUT', '/users/'],
    ['GET', '/users/login/'],
    ['DELETE', '/users/login'],
  ])('%s %s gets a 405 with the common text', async (method, path) => {
    expect(statusAndText(await call(method, path))).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
  })
})
