import { createHash, createHmac, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { targetOn } from '../cli/move/database.ts'
import { createFolder, peopleOf, unpack } from '../cli/move/fixtures.ts'
import { moveIn } from '../cli/move/moving.ts'
import { type FormerServerStandIn, json, type Recorded, startFormerServer } from './former-server-stand-in.ts'
import { createState, databaseFile, type Running, serve } from './run.ts'
import { changeDatabase, readRows, type Sent, sendTo } from './server-access.ts'
import { prepareDatabase } from './shared.ts'

/** The Worker and a former server in the mode `adopt`, with real requests on both sides. */

const JWT_KEY = randomBytes(24).toString('hex')

const state = createState()
let former: FormerServerStandIn
let gone: FormerServerStandIn
let server: Running

beforeAll(async () => {
  former = await startFormerServer()
  gone = await startFormerServer()
  await prepareDatabase(state.folder)
  server = await serve(state.folder, undefined, {
    UPSTREAM_MINDHARMONY: `adopt ${former.origin}`,
    UPSTREAM_FACILITY: `adopt ${former.origin}`,
    // The same server by another name: for the Worker, one of its own that can be absent alone.
    UPSTREAM_MATRIMONY: `adopt ${former.origin.replace('127.0.0.1', 'localhost')}`,
    UPSTREAM_MEETUPS: `adopt ${former.origin}`,
    UPSTREAM_RECOVERY: `adopt ${gone.origin}`,
    FORMER_IDS: 'mindharmony:100, matrimony:100',
    FORMER_JWT_SECRET: JWT_KEY,
    LOGIN_FAILURE_RESPONSE_MS: '0',
    LOGIN_FAILURES: '4',
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
})

const send = (method: string, path: string, sent?: Sent) => sendTo(server.origin, method, path, sent)

const rows = (query: string) => readRows(state.folder, query)

const change = (statement: string) => changeDatabase(state.folder, statement)

/** As if the time had passed in which no other attempt with the same name or token is made. */
const forgetAttempts = (): void => change(`DELETE FROM login_failures WHERE who LIKE 'former-server:%'`)

const received = () => former.requests.map(({ method, url }) => `${method} ${url}`)
const logIn = (username: string, password: string, path = '/user/login/') => send('POST', path, { body: { username, password } })
const register = (username: string) => send('POST', '/user/register/', { body: { username, email: '', password: 'correct horse 7' } })
const accounts = (stem: string) => rows(`SELECT id, username, password FROM accounts WHERE username LIKE '${stem}%'`)

/** The response of each route, by method and path. */
const routes =
  (answers: Readonly<Record<string, unknown>>) =>
  (request: Recorded, response: Parameters<FormerServerStandIn['answer']>[1]): void => {
    const body = answers[`${request.method} ${request.url}`]
    json(body === undefined ? 404 : 200, body ?? { detail: 'Not found.' })(request, response)
  }

const newKey = (): string => randomBytes(20).toString('hex')

describe('a log-in', () => {
  const accepted = (id: number, profile: number, token = newKey()) =>
    routes({
      'POST /user/login/': { token, user: { id, username: 'x', email: 'otto@example.com', is_staff: true, profile: { id: profile } } },
    })

  test('that is unknown here is tried once, and brings the account over with its numbers and its password, without flags', async () => {
    former.answer = accepted(57, 41)
    const first = await logIn('Otto O’Neil', 'a former password')
    expect(first).toMatchObject({
      status: 200,
      json: { user: { id: 57, username: 'Otto O’Neil', email: 'otto@example.com', profile: { id: 41 } } },
    })
    expect(former.requests).toMatchObject([{ method: 'POST', url: '/user/login/' }])
    expect(JSON.parse(String(former.requests[0]?.body))).toEqual({ username: 'Otto O’Neil', password: 'a former password' })
    former.answer = json(500, {})
    expect((await logIn('Otto O’Neil', 'a former password')).status).toBe(200)
    expect(former.requests).toHaveLength(1)
    const [account] = rows(`SELECT id, password, is_staff + is_admin + is_superuser AS flags FROM accounts WHERE username = 'Otto O’Neil'`)
    expect(account).toMatchObject({ id: 2 ** 28 + 57, password: expect.stringMatching(/^\$argon2id\$/), flags: 0 })
    // Accounts that are registered now get no number of the former server.
    expect((await register('later.person')).json.user.id).toBeGreaterThanOrEqual(5 * 2 ** 28)
    expect(rows(`SELECT next_id FROM former_numbers WHERE contract = 'mindharmony'`)).toEqual([{ next_id: 100 }])
  })

  test('leaves the token valid that the other devices of the person have', async () => {
    const token = newKey()
    former.answer = accepted(56, 40, token)
    await logIn('two.devices', 'a former password')
    const details = await send('GET', '/user/user-details/', { headers: { Authorization: `Token ${token}` } })
    expect(details.json.user).toMatchObject({ id: 56, username: 'two.devices' })
    expect(received()).toEqual(['POST /user/login/'])
  })

  test('with a name that has a password here is never sent on', async () => {
    former.answer = accepted(58, 42)
    await register('taken.name')
    const paths = ['/user/login/', '/users/login/', '/api/token/', '/api/sessions/']
    const answers = await Promise.all(paths.map((path) => logIn('taken.name', 'another password', path)))
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 401, 401])
    expect(received()).toEqual([])
  })

  test('two at once bring one account over, and the former server is asked once', async () => {
    former.answer = accepted(60, 43)
    const answers = await Promise.all([1, 2, 3].map(() => logIn('at.once', 'a former password')))
    expect(answers.map(({ status, json: body }) => [status, body.user?.id])).toEqual(Array.from({ length: 3 }, () => [200, 60]))
    expect(received()).toEqual(['POST /user/login/'])
    expect(accounts('at.once')).toHaveLength(1)
  })

  test('does not work with the former password after it was changed here', async () => {
    former.answer = accepted(61, 44)
    const { json: login } = await logIn('changes.it', 'a former password')
    const changed = await send('PUT', '/users/reset/', {
      headers: { Authorization: `Token ${login.token}` },
      body: { username: 'changes.it', old_password: 'a former password', new_password: 'horse battery 9!' },
    })
    expect(changed.status).toBe(200)
    former.requests.length = 0
    expect((await logIn('changes.it', 'a former password')).status).toBe(400)
    expect((await logIn('changes.it', 'horse battery 9!')).json.user.id).toBe(61)
    expect(received()).toEqual([])
  })

  test('of a person who is here under another name, or was erased, creates no second account', async () => {
    former.answer = accepted(62, 45)
    await logIn('first.name', 'a former password')
    change(`UPDATE accounts SET username = 'second.name', username_key = 'second.name' WHERE username = 'first.name'`)
    forgetAttempts()
    expect((await logIn('first.name', 'a former password')).status).toBe(400)
    change(`DELETE FROM accounts WHERE username = 'second.name'`)
    forgetAttempts()
    expect((await logIn('first.name', 'a former password')).status).toBe(400)
    expect(received()).toHaveLength(3)
    expect([...accounts('first.name'), ...accounts('second.name')]).toEqual([])
  })

  test('sets the password of an imported account whose hash cannot be verified here, and of no other account', async () => {
    former.answer = accepted(63, 46)
    await logIn('without.hash', 'a former password')
    await register('other.person')
    change(`UPDATE accounts SET password = '!' WHERE username IN ('without.hash', 'other.person')`)
    forgetAttempts()
    expect((await logIn('without.hash', 'a former password')).json.user.id).toBe(63)
    // The former server knows this name, too, but as another person.
    former.answer = accepted(64, 47)
    expect((await logIn('other.person', 'a password of 64')).json.user.id).toBe(64)
    expect(rows(`SELECT password FROM accounts WHERE username = 'other.person'`)).toEqual([{ password: '!' }])
  })

  test('that is rejected is answered like any wrong password, at the same time, and stores nothing', async () => {
    await register('known.person')
    former.answer = json(400, { error: 'Invalid credentials' })
    const timed = async (username: string) => {
      const startedAt = Date.now()
      const { status, text } = await logIn(username, 'wrong')
      return { status, text, seconds: (Date.now() - startedAt) / 1000 }
    }
    const [wrong, unknown] = await Promise.all([timed('known.person'), timed('unknown.person')])
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text])
    expect([unknown.status, unknown.text]).toEqual([400, JSON.stringify({ error: 'Invalid credentials' })])
    for (const { seconds } of [wrong, unknown]) expect(seconds).toBeGreaterThan(2.9)
    expect(received()).toEqual(['POST /user/login/'])
    expect(accounts('unknown.person')).toEqual([])
  })

  test('is limited like any other: guesses at once and one after another reach the former server as often as the limit allows', async () => {
    former.answer = json(400, { error: 'Invalid credentials' })
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => logIn('guessed.name', `guess ${index}`)))
    expect(statuses.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(4)
    expect(former.requests.length).toBeLessThanOrEqual(4)
    former.requests.length = 0
    former.answer = accepted(65, 48)
    expect((await logIn('guessed.name', 'the right one')).status).toBe(429)
    expect(received()).toEqual([])
  })

  test.each([
    [
      'facility',
      '/api/sessions/',
      { 'POST /api/sessions/': { data: { user: { id: '965845fa-f313-409c-9b23-429b1a8d70b0', username: 'x' } } } },
    ],
    [
      'matrimony',
      '/users/login/',
      { 'POST /users/login/': { token: newKey() }, 'GET /users/byId/': { user_id: 31, username: 'x', email: 'm@example.com' } },
    ],
    [
      'meetups',
      '/api/token/',
      {
        'POST /api/token/': { refresh: 'a.b.c', access: 'd.e.f' },
        'GET /api/profile/': { id: '66f000000000000000000031', username: 'x', email: 'p@example.com' },
      },
    ],
  ])('brings an account over with its id: %s', async (contract, path, answers) => {
    former.answer = routes(answers)
    const first = await logIn(`person.of.${contract}`, 'a former password', path)
    expect(first.status).toBe(200)
    const [stored] = rows(
      `SELECT accounts.id AS id, object_id, former_uuid, source_key FROM accounts LEFT JOIN facility_profiles ON account_id = accounts.id
       JOIN moved_rows ON target_key = CAST(accounts.id AS TEXT) WHERE username = 'person.of.${contract}'`,
    )
    const expected = {
      facility: { former_uuid: '965845fa-f313-409c-9b23-429b1a8d70b0', source_key: '965845fa-f313-409c-9b23-429b1a8d70b0' },
      matrimony: { id: 3 * 2 ** 28 + 31, source_key: '31' },
      meetups: { object_id: '66f000000000000000000031', source_key: '66f000000000000000000031' },
    }
    expect(stored).toMatchObject(Reflect.get(expected, contract))
    former.answer = json(500, {})
    expect((await logIn(`person.of.${contract}`, 'a former password', path)).status).toBe(200)
  })
})

describe('a token', () => {
  const authorization = (key: string, scheme = 'Token') => ({ headers: { Authorization: `${scheme} ${key}` } })
  const details = (key: string) => send('GET', '/user/user-details/', authorization(key))
  const knows = (key: string, user: object) => {
    former.answer = (request, response) => {
      const isKnown = request.headers.authorization === `Token ${key}` || request.headers.cookie === `sessionid=${key}`
      json(isKnown ? 200 : 401, isKnown ? user : { detail: 'Invalid token.' })(request, response)
    }
  }

  test('that is unknown here is tried once, also for requests at once, and brings the account over', async () => {
    const key = newKey()
    knows(key, { user: { id: 71, username: 'By Token', email: 't@example.com', is_superuser: true }, bio: '' })
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => details(key)))
    expect(answers.map(({ status, json: body }) => [status, body.user?.id])).toEqual(Array.from({ length: 5 }, () => [200, 71]))
    expect(received()).toEqual(['GET /user/user-details/'])
    expect((await send('POST', '/user/validate-token/', authorization(key))).json).toEqual({ valid: true })
    expect(received()).toHaveLength(1)
    expect(rows(`SELECT password, is_superuser FROM accounts WHERE username = 'By Token'`)).toEqual([{ password: '!', is_superuser: 0 }])
    expect(JSON.stringify(rows('SELECT * FROM credentials'))).not.toContain(key)
  })

  test('brings a person over whose password follows with the first log-in, and who is then a person of ours', async () => {
    const key = newKey()
    knows(key, { user: { id: 72, username: 'later.password', email: '' } })
    await details(key)
    former.answer = routes({
      'POST /user/login/': { token: key, user: { id: 72, username: 'later.password', email: '', profile: { id: 5 } } },
    })
    expect((await logIn('later.password', 'a former password')).json.user.id).toBe(72)
    former.requests.length = 0
    expect((await logIn('later.password', 'a former password')).json.user.id).toBe(72)
    expect(received()).toEqual([])
    expect(accounts('later.password')).toHaveLength(1)
  })

  test('stays invalid after a log-out here, though the former server still accepts it', async () => {
    const key = newKey()
    knows(key, { user: { id: 73, username: 'logs.out', email: '' } })
    expect((await details(key)).status).toBe(200)
    expect((await send('POST', '/user/logout/', authorization(key))).status).toBe(200)
    forgetAttempts()
    expect((await details(key)).status).toBe(401)
    // Nor does another token open the account again.
    const other = newKey()
    knows(other, { user: { id: 73, username: 'logs.out', email: '' } })
    expect((await details(other)).status).toBe(401)
    expect(received()).toHaveLength(2)
  })

  test('that the former server rejects is answered as before, and not tried again for a while', async () => {
    knows(newKey(), {})
    const key = newKey()
    const answers = [await details(key), await details(key), await details(key)]
    expect(answers.map(({ status, json: body }) => [status, body])).toEqual(
      Array.from({ length: 3 }, () => [401, { detail: 'Invalid token.' }]),
    )
    expect(received()).toHaveLength(1)
  })

  test('whose number would be that of another person here is not adopted', async () => {
    const key = newKey()
    knows(key, { user: { id: 100, username: 'too.new', email: '' } })
    expect((await details(key)).status).toBe(401)
    expect(accounts('too.new')).toEqual([])
  })

  test('is tried at the server of the contract that it is presented to, and only in its form', async () => {
    const key = newKey()
    knows(key, { user_id: 74, username: 'by.matrimony', email: 'by@example.com' })
    expect((await send('GET', '/users/byId/', authorization(key))).json).toMatchObject({ user_id: 74, username: 'by.matrimony' })
    expect(received()).toEqual(['GET /users/byId/'])
    former.requests.length = 0
    const other = newKey()
    // Facility has sessions, and recovery's server does not answer whose token it is.
    for (const path of ['/api/users/me/', '/api/v1/user/music/']) expect((await send('GET', path, authorization(other))).status).toBe(401)
    for (const wrong of ['x', `${other}0`, other.toUpperCase(), `${other}.x.y`]) expect((await details(wrong)).status).toBe(401)
    expect(received()).toEqual([])
  })

  test('of a session is the cookie', async () => {
    const key = randomBytes(16).toString('hex')
    const uuid = '0b5845fa-f313-409c-9b23-429b1a8d70b0'
    knows(key, { data: { user: { id: uuid, username: 'by.session', email: null } } })
    const me = await send('GET', '/api/users/me/', { headers: { Cookie: `sessionid=${key}` } })
    expect([me.status, me.json.data.user.id]).toEqual([200, uuid])
    expect(received()).toEqual(['GET /api/users/me/'])
  })

  const jwt = (type: string, userId: string, key = JWT_KEY): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const claims = { token_type: type, exp: now + 3600, iat: now, jti: randomBytes(16).toString('hex'), user_id: userId }
    const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
    return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`
  }

  test.each(['access', 'refresh'])('of a pair is tried if the former key has signed it: %s', async (type) => {
    const objectId = createHash('md5').update(type).digest('hex').slice(0, 24)
    const profile = { id: objectId, username: `by.${type}`, email: `${type}@example.com` }
    former.answer = routes({ 'GET /api/profile/': profile, 'POST /api/token/refresh': { access: 'd.e.f' } })
    const token = jwt(type, objectId)
    const isRefresh = type === 'refresh'
    const use = (presented: string) =>
      isRefresh
        ? send('POST', '/api/token/refresh', { body: { refresh: presented } })
        : send('GET', '/api/profile/', authorization(presented, 'Bearer'))
    expect((await use(jwt(type, objectId, 'another key'))).status).toBe(401)
    expect(received()).toEqual([])
    const first = await use(token)
    expect(first.status).toBe(200)
    expect(received()).toEqual([...(isRefresh ? ['POST /api/token/refresh'] : []), 'GET /api/profile/'])
    const access = isRefresh ? first.json.access : token
    expect((await send('GET', '/api/profile/', authorization(access, 'Bearer'))).json).toMatchObject({
      id: objectId,
      username: `by.${type}`,
    })
    // Every token of the account is valid now.
    expect((await send('GET', '/api/profile/', authorization(jwt('access', objectId), 'Bearer'))).status).toBe(200)
  })

  test('of a pair whose person is another one than the former server names is not adopted', async () => {
    former.answer = routes({ 'GET /api/profile/': { id: '66f0000000000000000000aa', username: 'someone.else', email: '' } })
    const token = jwt('access', '66f0000000000000000000bb')
    expect((await send('GET', '/api/profile/', authorization(token, 'Bearer'))).status).toBe(401)
    expect(accounts('someone.else')).toEqual([])
  })
})

test('a later import recognises a person who was adopted, and adds their rows', async () => {
  const { people, credentials } = peopleOf('mindharmony')
  const token = credentials.find(({ kind, live, user }) => kind === 'drf-token' && live && Number(user) < 50)
  const moving = people.find(({ id }) => `${id}` === `${token?.user}`)
  if (!token || !moving) throw new Error('the fixture has no live token')
  // As after another log-in there: the adopted token is not the one of the dump.
  former.answer = routes({ 'POST /user/login/': { token: newKey(), user: { id: moving.id, username: moving.username, email: '' } } })
  expect((await logIn(moving.username, 'a former password')).json.user.id).toBe(moving.id)

  const folder = createFolder()
  const database = new DatabaseSync(databaseFile(state.folder))
  try {
    unpack(folder, 'mindharmony')
    database.exec('PRAGMA busy_timeout = 10000')
    const { report } = await moveIn(targetOn(database), folder.file('mindharmony/db.sqlite3'), { now: Date.now() })
    expect(report.counts).toContainEqual({ model: 'auth.user', moved: people.length - 1, before: 1, present: 0 })
  } finally {
    database.close()
    folder.remove()
  }
  former.requests.length = 0
  const details = await send('GET', '/user/user-details/', { headers: { Authorization: `Token ${token.value}` } })
  expect(details.json.user).toMatchObject({ id: moving.id, username: moving.username })
  expect(received()).toEqual([])
  expect(
    rows(`SELECT target_key FROM moved_rows WHERE contract = 'mindharmony' AND model = 'auth.user' AND source_key = '${moving.id}'`),
  ).toEqual([{ target_key: `${2 ** 28 + Number(moving.id)}` }])
})

describe('an answer of the former server', () => {
  test('without an end is not read on, and counts as a wrong password', async () => {
    let sent = 0
    const closed = new Promise<void>((resolve) => {
      former.answer = (_request, response) => {
        const chunk = ' '.repeat(16 * 1024)
        const write = (): void => {
          do sent += chunk.length
          while (response.write(chunk))
        }
        response.on('drain', write).on('close', resolve).writeHead(200, { 'Content-Type': 'application/json' })
        write()
      }
    })
    expect((await logIn('endless.answer', 'a former password')).status).toBe(400)
    await closed
    // What the sockets hold.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    // The server has answered, so it is asked again.
    former.answer = routes({ 'POST /user/login/': { token: newKey(), user: { id: 67, username: 'x', email: '' } } })
    expect((await logIn('after.endless', 'a former password')).status).toBe(200)
  })

  test('that stalls counts as none', async () => {
    let isClosed = false
    former.answer = (_request, response) => {
      response.on('close', () => (isClosed = true))
      response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"token": "')
    }
    const startedAt = Date.now()
    expect((await logIn('stalled.answer', 'a former password', '/users/login/')).status).toBe(401)
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    await expect.poll(() => isClosed).toBe(true)
    former.requests.length = 0
    expect((await logIn('after.stalled', 'a former password', '/users/login/')).status).toBe(401)
    expect(received()).toEqual([])
  })
})

test('with a former server that is gone or hangs: people who are here notice nothing, and others get a wrong password', async () => {
  await register('here.already')
  const path = '/api/v1/user/login/'
  expect((await logIn('here.already', 'correct horse 7', path)).status).toBe(200)
  const unknown = await logIn('not.here', 'wrong', path)
  expect([unknown.status, unknown.text]).toEqual([401, (await logIn('here.already', 'wrong', path)).text])
  former.answer = () => undefined
  const startedAt = Date.now()
  const [known, hanging] = await Promise.all([logIn('here.already', 'correct horse 7'), logIn('not.here.either', 'wrong')])
  expect([known.status, hanging.status]).toEqual([200, 400])
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  // After that, it is not asked for a while.
  former.answer = routes({ 'POST /user/login/': { token: newKey(), user: { id: 66, username: 'x', email: '' } } })
  former.requests.length = 0
  expect((await logIn('nor.this.one', 'a former password')).status).toBe(400)
  expect((await send('GET', '/user/user-details/', { headers: { Authorization: `Token ${newKey()}` } })).status).toBe(401)
  expect(received()).toEqual([])
})
