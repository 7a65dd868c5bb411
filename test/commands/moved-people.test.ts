import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFolder, type FixtureName, type Folder, peopleOf, unpack } from '../cli/move/fixtures.ts'
import { type Running, run, serve } from './run.ts'

/** People of four originals, imported by `npm run move`, at a running Worker: old passwords, and what their clients still hold. */

const SOURCES: readonly (readonly [FixtureName, string])[] = [
  ['mindharmony', 'mindharmony/db.sqlite3'],
  ['facility', 'facility/db.sqlite3'],
  ['meetups', 'meetups/dump'],
]

/** It has conversations, which only a running Worker can store. */
const RECOVERY = ['recovery', 'recovery/db.sqlite3'] as const

let folder: Folder
let server: Running

const imported = async (fixture: FixtureName, file: string): Promise<void> => {
  unpack(folder, fixture)
  const { secretKey, secretKeyFallbacks } = peopleOf(fixture)
  const keys = [secretKey, ...secretKeyFallbacks].flatMap((key) => ['--secret-key', key])
  const state = ['--persist-to', folder.file('state')]
  const plan = folder.file(`${fixture}.plan.json`)
  for (const args of [
    ['plan', folder.file(file), '--out', plan],
    ['import', plan],
  ])
    expect(await run('move', [...args, ...keys, ...state])).toMatchObject({ code: 0 })
}

beforeAll(async () => {
  folder = createFolder()
  for (const [fixture, file] of SOURCES) await imported(fixture, file)
  server = await serve(folder.file('state'), undefined, {
    FORMER_IDS: `mindharmony:${peopleOf('mindharmony').nextAccountId}, facility:${peopleOf('facility').nextAccountId}, recovery:${peopleOf('recovery').nextAccountId}`,
    FORMER_JWT_SECRET: peopleOf('meetups').secretKey,
    LOGIN_FAILURE_RESPONSE_MS: '0',
    LOGIN_SLOWDOWN_MS: '0',
  })
  await imported(...RECOVERY)
})

afterAll(async () => {
  await server?.kill()
  folder.remove()
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
