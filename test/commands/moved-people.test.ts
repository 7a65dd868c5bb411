import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Fetch } from '../../src/cli/move/answers/ask.ts'
import { runWithTarget } from '../../src/cli/move/commands.ts'
import { type Connection, openConnection } from '../../src/cli/move/connection/connection.ts'
import { type Plan, readPlan } from '../../src/cli/move/plan/plan-file.ts'
import { stateFrom } from '../../src/cli/state.ts'
import { type TestTarget, targetOn } from '../cli/move/database.ts'
import { createFolder, type FixtureName, type Folder, peopleOf, unpack } from '../cli/move/fixtures.ts'
import { moveIn, verifyAnswersOf } from '../cli/move/moving.ts'
import { databaseFile, type Running, run, serve } from './run.ts'

/** People of all five originals at a running Worker: what it answers about them, old passwords, and what their clients still hold. */

const FILES = {
  mindharmony: 'mindharmony/db.sqlite3',
  matrimony: 'matrimony/db.sqlite3',
  facility: 'facility/db.sqlite3',
  recovery: 'recovery/db.sqlite3',
  meetups: 'meetups/dump',
} as const satisfies Partial<Record<FixtureName, string>>

type Source = keyof typeof FILES

/** Sources that the functions of `npm run move` import, because these store pictures where the Worker finds them. */
const WITH_PICTURES: readonly Source[] = ['mindharmony', 'matrimony']
/** Sources that are imported directly into the file of the database, which takes less time. */
const WITHOUT_PICTURES: readonly Source[] = ['facility', 'meetups']

const SECRET = randomBytes(32).toString('hex')

let folder: Folder
let target: TestTarget
let server: Running
const plans = new Map<Source, Plan>()

const secretKeysOf = (source: Source): string[] => [peopleOf(source).secretKey, ...peopleOf(source).secretKeyFallbacks]

/** What `npm run move` does, without its processes: test/commands/move.test.ts starts them. */
const importBy = async (connection: Connection, source: Source): Promise<void> => {
  const [path, plan] = [folder.file(FILES[source]), folder.file(`${source}.plan.json`)]
  const options = { secretKeys: secretKeysOf(source), environment: null, persistTo: undefined }
  await runWithTarget({ command: 'plan', path, out: plan, media: undefined, contract: null, ...options }, connection)
  await runWithTarget({ command: 'import', path: plan, ...options }, connection)
  plans.set(source, readPlan(plan))
}

const withConnection = async (work: (connection: Connection) => Promise<void>): Promise<void> => {
  const connection = await openConnection({ environment: null, state: stateFrom(folder.file('state')).folder })
  await work(connection).finally(() => connection.close())
}

const numberedBy = (source: Source): string => `${source}:${peopleOf(source).nextAccountId}`

beforeAll(async () => {
  folder = createFolder()
  for (const source of Object.keys(FILES)) unpack(folder, source)
  await withConnection(async (connection) => {
    for (const source of WITH_PICTURES) await importBy(connection, source)
  })
  const database = new DatabaseSync(databaseFile(folder.file('state')))
  database.exec('PRAGMA busy_timeout = 10000')
  target = targetOn(database)
  for (const source of WITHOUT_PICTURES) {
    const { plan } = await moveIn(target, folder.file(FILES[source]), { secretKeys: secretKeysOf(source), now: Date.now() })
    plans.set(source, plan)
  }
  // A line for each of its two thousand requests would take a tenth of the time.
  vi.stubEnv('WRANGLER_LOG', 'error')
  server = await serve(folder.file('state'), undefined, {
    FORMER_IDS: (['mindharmony', 'matrimony', 'facility', 'recovery'] as const).map(numberedBy).join(', '),
    FORMER_JWT_SECRET: peopleOf('meetups').secretKey,
    JWT_SECRET: SECRET,
    LOGIN_FAILURE_RESPONSE_MS: '0',
    LOGIN_SLOWDOWN_MS: '0',
  })
  vi.unstubAllEnvs()
  // It has conversations, which only a running Worker can store.
  await withConnection((connection) => importBy(connection, 'recovery'))
})

afterAll(async () => {
  await server?.kill()
  target?.close()
  folder.remove()
})

describe('what the Worker answers is what the source has', () => {
  const verifyAs = async (source: Source, { fetch: send = fetch, secret = SECRET, people = 1000 }: Partial<Asking> = {}) => {
    const plan = plans.get(source)
    if (!plan) throw new Error(`${source} was not imported`)
    const asking = { origin: server.origin, fetch: send, secret, people }
    const { report, ...compared } = await verifyAnswersOf(target, folder.file(FILES[source]), plan, secretKeysOf(source), asking)
    await report.write(folder.file('answers.json'))
    report.close()
    const { counts, rows } = JSON.parse(readFileSync(folder.file('answers.json'), 'utf8'))
    const differences = rows.map(({ model, key, reason }: Readonly<Record<string, string>>) => `${model} ${key}: ${reason}`)
    const asked: string[] = counts.map(({ model }: { readonly model: string }) => model)
    return { ...compared, differences, asked }
  }

  interface Asking {
    readonly fetch: Fetch
    readonly secret: string | null
    readonly people: number
  }

  /** The Worker's answers to the requests of this file, until a test changes the database. */
  const answers = new Map<string, () => Response>()

  const requestOf = (url: string, init: RequestInit): string => JSON.stringify([url, init.headers])

  const recording: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    const { status, headers } = response
    const body = await response.arrayBuffer()
    answers.set(requestOf(url, init), () => new Response(body, { status, headers }))
    return new Response(body, { status, headers })
  }

  /** What the Worker has answered before: to ask again takes longer, and shows nothing new. */
  const replaying: Fetch = async (url, init) => answers.get(requestOf(url, init))?.() ?? fetch(url, init)

  const credentials = () => target.rows("SELECT id FROM credentials WHERE user_agent = 'npm run move -- verify'")

  test.each([
    ['mindharmony', 40, ['/user/user-details/', '/user/profile/{id}', '/session/', '/media/profile_img/{name}']],
    ['facility', 39, ['/api/users/me/']],
    ['recovery', 40, ['/api/v1/user/{id}/', '/api/v1/user/contacts/{id}/', '/api/v1/user/music/', '/api/v1/user/scenarios/']],
    [
      'meetups',
      40,
      ['/api/profile/', '/api/friends/', '/api/plans?friends=false', '/api/plans/{plan_id}', '/api/rsvp/user', '/api/rsvp/plan/{plan_id}'],
    ],
    [
      'matrimony',
      40,
      [
        '/users/byId/',
        '/profile/byid/',
        '/preference/preferencebyId/',
        '/message/',
        '/message/unreadmessages/',
        '/message/viewhistory/{user_id}/',
        '/notification/getall/',
        '/message/viewbulk',
        '/subscription/list',
      ],
    ],
  ] as const)('in %s, for each of its people', async (source, people, routes) => {
    const { differences, asked, ...compared } = await verifyAs(source, { fetch: recording })
    expect(differences).toEqual([])
    expect(compared).toMatchObject({ people, withoutLogIn: 0 })
    expect(asked).toEqual(expect.arrayContaining(routes.map((route) => `${source} GET ${route}`)))
    expect(credentials()).toEqual([])
  })

  test('with the log-ins of the former server alone, and for a sample that is always the same', async () => {
    const { people, withoutLogIn, differences } = await verifyAs('mindharmony', { secret: null })
    expect([people, withoutLogIn, differences]).toEqual([35, 5, []])
    const paths = new Set<string>()
    const sample: Fetch = (url, init) => {
      paths.add(new URL(url).pathname)
      return fetch(url, init)
    }
    for (const _ of [1, 2]) expect(await verifyAs('recovery', { fetch: sample, people: 3 })).toMatchObject({ people: 3 })
    expect([...paths].filter((path) => path.startsWith('/api/v1/user/contacts/')).length).toBeLessThanOrEqual(3)
  })

  /** Changes the answers of some paths, as a fault in the Worker would. */
  const faulty =
    (path: RegExp, change: (text: string) => string, status?: number): Fetch =>
    async (url, init) => {
      const response = await replaying(url, init)
      if (!path.test(new URL(url).pathname)) return response
      return new Response(change(await response.text()), { status: status ?? response.status, headers: response.headers })
    }

  const matching = (expected: string | RegExp) => (typeof expected === 'string' ? expected : expect.stringMatching(expected))

  const unchanged = (text: string): string => text

  const SERIALIZER_FAULTS: Readonly<Record<string, readonly [Source, Fetch, string | RegExp]>> = {
    "the account's id instead of its number": [
      'recovery',
      faulty(/^\/api\/v1\/user\/\d+\/$/, (text) => text.replace(/"user":(\d+)/, (_, id) => `"user":${Number(id) + 4 * 2 ** 28}`)),
      'recovery GET /api/v1/user/{id}/ 4: user: another value',
    ],
    'a swapped field': [
      'mindharmony',
      faulty(/^\/user\/profile\//, (text) => text.replace('"bio"', '"x"').replace('"location"', '"bio"').replace('"x"', '"location"')),
      /^mindharmony GET \/user\/profile\/\{id\} \d+: location: another value$/,
    ],
    'a missing row': [
      'recovery',
      faulty(/^\/api\/v1\/user\/contacts\/4\//, (text) => JSON.stringify(JSON.parse(text).slice(1))),
      'recovery GET /api/v1/user/contacts/{id}/ 4 row 1: a row is missing',
    ],
    'a missing key': [
      'facility',
      faulty(/^\/api\/users\/me\//, (text) => text.replace('"consent"', '"consented"')),
      'facility GET /api/users/me/ 4: data.user.consent: missing',
    ],
    'another order': [
      'recovery',
      faulty(/^\/api\/v1\/user\/music\//, (text) => JSON.stringify(JSON.parse(text).toReversed())),
      /^recovery GET \/api\/v1\/user\/music\/ \d+ row \d+: a row is in another place$/,
    ],
    'a limit that refuses requests': [
      'recovery',
      faulty(/^\/api\/v1\/user\/contacts\//, unchanged, 429),
      'recovery GET /api/v1/user/contacts/{id}/ 4: a limit of the Worker has refused the request (429): it was not compared',
    ],
    'a failure': ['facility', faulty(/^\//, unchanged, 500), 'facility GET /api/users/me/ 4: status 500 instead of 200'],
  }

  test.each(Object.entries(SERIALIZER_FAULTS))('a fault of the Worker is named: %s', async (_name, [source, send, expected]) => {
    expect((await verifyAs(source, { fetch: send })).differences).toContainEqual(matching(expected))
  })

  const accountOf = (source: 'mindharmony' | 'recovery', number: number): number => (source === 'recovery' ? 4 : 1) * 2 ** 28 + number

  const [PROFILE, FOURTH, FIFTH] = [accountOf('mindharmony', 4), accountOf('recovery', 4), accountOf('recovery', 5)]
  const CLOSED = accountOf('recovery', 25)
  const LOG_IN =
    "id = (SELECT target_key FROM moved_rows WHERE contract = 'recovery' AND model = 'authtoken.token' ORDER BY source_key LIMIT 1)"

  /** Each with the statement that takes it back. Only these differences are found. */
  const IMPORT_FAULTS: Readonly<Record<string, readonly [Source, string, string, readonly (string | RegExp)[]]>> = {
    'a wrong number': [
      'mindharmony',
      `UPDATE practice_profiles SET former_id = 5000 WHERE account_id = ${PROFILE}`,
      `UPDATE practice_profiles SET former_id = 4 WHERE account_id = ${PROFILE}`,
      ['mindharmony GET /user/profile/{id} 4: status 404 instead of 200'],
    ],
    'two swapped fields': [
      'recovery',
      'UPDATE emergency_contacts SET phone = email, email = phone WHERE id = 2',
      'UPDATE emergency_contacts SET phone = email, email = phone WHERE id = 2',
      [
        'recovery GET /api/v1/user/contacts/{id}/ 4 row 2: phone: another value',
        'recovery GET /api/v1/user/contacts/{id}/ 4 row 2: email: another value',
      ],
    ],
    'a row that another person has': [
      'recovery',
      `UPDATE emergency_contacts SET account_id = ${FIFTH} WHERE id = 2`,
      `UPDATE emergency_contacts SET account_id = ${FOURTH} WHERE id = 2`,
      [
        'recovery GET /api/v1/user/contacts/{id}/ 4 row 2: a row is missing',
        'recovery GET /api/v1/user/contacts/{id}/ 5 row 2: a row that does not belong here',
      ],
    ],
    'a closed account that is open': [
      'recovery',
      `UPDATE accounts SET is_active = 1 WHERE id = ${CLOSED}`,
      `UPDATE accounts SET is_active = 0 WHERE id = ${CLOSED}`,
      ['recovery GET /api/v1/user/{id}/ 25: status 200 instead of 401'],
    ],
    'a log-in that was not imported': [
      'recovery',
      `UPDATE credentials SET expires_at = -expires_at, id = substr(id, 2) || '-' WHERE ${LOG_IN}`,
      `UPDATE credentials SET expires_at = -expires_at, id = (SELECT target_key FROM moved_rows WHERE target_key LIKE '%' || substr(id, 1, 31)) WHERE id LIKE '%-'`,
      [/^recovery GET \/api\/v1\/user\/\{id\}\/ \d+: status 401 instead of 200$/],
    ],
  }

  test.each(Object.entries(IMPORT_FAULTS))('a fault of an import is named: %s', async (_name, [source, plant, takeBack, expected]) => {
    target.run(plant)
    try {
      const { differences } = await verifyAs(source)
      expect(differences.sort()).toEqual([...expected].sort().map(matching))
    } finally {
      target.run(takeBack)
    }
  })

  test('an answer that is different ends `npm run move -- verify` with 1, and is printed without its value', async () => {
    const changeBio = (change: string): void => target.run(`UPDATE practice_profiles SET bio = ${change} WHERE former_id = 4`)
    changeBio("bio || 'breathes'")
    const keys = secretKeysOf('mindharmony').flatMap((key) => ['--secret-key', key])
    const place = ['--url', server.origin, '--persist-to', folder.file('state')]
    const { code, out } = await run('move', ['verify', folder.file('mindharmony.plan.json'), ...keys, ...place])
    changeBio("substr(bio, 1, length(bio) - length('breathes'))")
    expect(out).toContain('What is different here\n  1  mindharmony GET /user/profile/{id}: bio: another value (4)\n')
    expect(out).not.toContain('breathes')
    expect(code).toBe(1)
  })

  test('without the faults, nothing is different again', async () => {
    for (const source of ['mindharmony', 'recovery'] as const) expect((await verifyAs(source)).differences).toEqual([])
  })
})

type Headers = Readonly<Record<string, string>>

const send = async (method: string, path: string, headers: Headers = {}, json?: object) => {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const type: Headers = json === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(`${server.origin}${path}`, { method, headers: { ...type, ...headers }, ...body })
  const text = await response.text()
  return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text }
}

const status = async (...request: Parameters<typeof send>): Promise<number> => (await send(...request)).status

const authorization = (scheme: string, value: string): Headers => ({ Authorization: `${scheme} ${value}` })
const cookie = (value: string): Headers => ({ Cookie: `sessionid=${value}` })

/** The owner of a live credential whose password verifies here, with what they hold. */
const holder = (fixture: FixtureName, kind: string) => {
  const { credentials, people } = peopleOf(fixture)
  for (const { kind: held, value, live, user } of credentials) {
    const owner = people.find(({ id }) => `${id}` === `${user}`)
    if (held === kind && live && owner?.worksInDjango && owner.password !== null) return { ...owner, value, password: owner.password }
  }
  throw new Error(`${fixture} has no live ${kind}`)
}

const rejected = (fixture: FixtureName, kind: string): string[] =>
  peopleOf(fixture).credentials.flatMap(({ kind: held, live, value }) => (held === kind && !live ? [value] : []))

describe('a token of Django REST framework', () => {
  const sits = { name: 'Sit', date: '2026-11-20', duration: 5 }

  test('opens its contract, with the former number, and another one, until a log-out', async () => {
    const { id, username, password, value } = holder('mindharmony', 'drf-token')
    const headers = authorization('Token', value)
    expect(await send('GET', '/user-details/', headers)).toMatchObject({ status: 200, json: { user: { id, username } } })
    expect(await send('GET', '/api/profile/', authorization('Bearer', value))).toMatchObject({ status: 200, json: { username } })
    expect(await status('POST', '/session/', headers, sits)).toBe(201)
    const loggedIn = await send('POST', '/login/', {}, { username, password })
    expect(loggedIn).toMatchObject({ status: 200, json: { token: expect.stringContaining('.') } })
    expect(await status('POST', '/users/logout/', headers)).toBe(200)
    expect(await status('GET', '/user-details/', headers)).toBe(401)
    expect(await status('GET', '/api/profile/', authorization('Bearer', value))).toBe(401)
    // Only that log-in has ended.
    expect(await status('GET', '/user-details/', authorization('Token', loggedIn.json.token))).toBe(200)
  })

  test('is rejected if the former server rejected it', async () => {
    const values = rejected('mindharmony', 'drf-token')
    expect(values.length).toBeGreaterThan(0)
    for (const value of values) expect(await status('GET', '/user-details/', authorization('Token', value))).toBe(401)
  })
})

test('a conversation of recovery is in the room of its person, as read', async () => {
  const owner = peopleOf('recovery').people.find(({ traps }) => traps.includes('chat-history'))
  const headers = authorization('Token', `${owner?.token}`)
  expect(await send('GET', `/api/v1/chat/user/support/${owner?.id}/messages/`, headers)).toEqual({
    status: 200,
    json: {
      messages: [
        { id: 1, message: 'Здравствуйте', from_admin: false, sender_id: owner?.id, sent_at: '2025-09-01T10:03:30.003Z' },
        { id: 2, message: 'Operator joined', from_admin: true, sender_id: 0, sent_at: '2025-09-01T10:04:30.004Z' },
      ],
      unread: 0,
    },
  })
})

describe('a session of Django', () => {
  test('opens its contract, until a log-out', async () => {
    const { id, username, password, value } = holder('facility', 'django-session')
    expect(await send('GET', '/api/users/me/', cookie(value))).toMatchObject({
      status: 200,
      json: { data: { user: { id: Number(id), username } } },
    })
    expect(await status('POST', '/api/sessions/', {}, { username, password })).toBe(200)
    expect(await status('DELETE', '/api/sessions/', cookie(value))).toBe(200)
    expect(await status('GET', '/api/users/me/', cookie(value))).toBe(401)
  })

  test('is rejected if the former server rejected it', async () => {
    const values = rejected('facility', 'django-session')
    expect(values.length).toBeGreaterThan(0)
    for (const value of values) expect(await status('GET', '/api/users/me/', cookie(value))).toBe(401)
  })
})

describe('a JWT of SimpleJWT', () => {
  test('opens its contract, and its refresh token gives one of ours, until a log-out ends both', async () => {
    const { id, username, password, value } = holder('meetups', 'jwt-access')
    const refresh = peopleOf('meetups').credentials.find(({ kind, user, live }) => kind === 'jwt-refresh' && user === id && live)?.value
    const headers = authorization('Bearer', value)
    expect(await send('GET', '/api/profile/', headers)).toMatchObject({ status: 200, json: { id, username } })
    const refreshed = await send('POST', '/api/token/refresh/', {}, { refresh })
    expect(refreshed.status).toBe(200)
    const ours = authorization('Bearer', refreshed.json.access)
    expect(await send('GET', '/api/profile/', ours)).toMatchObject({ status: 200, json: { id } })
    expect(await status('POST', '/api/token/', {}, { username, password })).toBe(200)
    expect(await status('POST', '/api/logout/', headers, { refresh })).toBe(200)
    for (const dead of [headers, ours]) expect(await status('GET', '/api/profile/', dead)).toBe(401)
    expect(await status('POST', '/api/token/refresh/', {}, { refresh })).toBe(401)
  })

  test('is rejected if the former server rejected it', async () => {
    const values = rejected('meetups', 'jwt-access')
    expect(values.length).toBeGreaterThan(0)
    for (const value of values) expect(await status('GET', '/api/profile/', authorization('Bearer', value))).toBe(401)
  })
})

test('nobody logs in with a password that did not work there', async () => {
  for (const { username, password, worksInDjango } of peopleOf('mindharmony').people)
    if (!worksInDjango && password !== null)
      expect([username, await status('POST', '/login/', {}, { username, password })]).toEqual([username, 400])
})
