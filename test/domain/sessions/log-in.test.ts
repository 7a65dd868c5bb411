import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { systemContext } from '../../../src/domain/access.ts'
import type { Context } from '../../../src/domain/context.ts'
import { sweep } from '../../../src/domain/maintenance/sweep.ts'
import { logIn } from '../../../src/domain/sessions/log-in.ts'
import { Failure } from '../../../src/model/result.ts'
import { call, ORIGIN } from '../../support/call.ts'
import { freshName, PASSWORD, person } from '../../support/people.ts'
import { handleWith } from '../../support/worker-context.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A context with a fake clock, which only the test moves, and which records all sleeps. */
const clockedContext = () => {
  let time = Date.now()
  const sleeps: number[] = []
  const context: Context = {
    ...createContext(env, { waitUntil: () => undefined }),
    now: () => time,
    sleep: async (ms) => {
      sleeps.push(ms)
    },
  }
  return { context, sleeps, advance: (ms: number) => (time += ms) }
}

/** Tries to log in. Returns `logged in` or the failure code, with the seconds to wait. */
const tryLogIn = async (context: Context, username: string, password: string): Promise<string> => {
  const outcome = await logIn(context, { contract: 'mindharmony', username, password, kind: 'token', userAgent: '' })
  if (!(outcome instanceof Failure)) return 'logged in'
  return outcome.code === 'throttled' ? `throttled ${outcome.detail?.seconds}` : outcome.code
}

const failLogIns = async (context: Context, username: string, times: number): Promise<string[]> => {
  const outcomes: string[] = []
  for (let n = 0; n < times; n++) outcomes.push(await tryLogIn(context, username, 'wrong password'))
  return outcomes
}

describe('ten wrong passwords', () => {
  test('lock the account, also for the correct password, for as long as the failure reports', async () => {
    const { username } = await person()
    const { context, advance } = clockedContext()
    expect(new Set(await failLogIns(context, username, 10))).toEqual(new Set(['invalid-credentials']))
    expect(await tryLogIn(context, username, PASSWORD)).toBe('throttled 60')
    advance(59 * SECOND)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('throttled 1')
    advance(1 * SECOND)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('lock twice as long each time, and never longer than 15 minutes', async () => {
    const { username } = await person()
    const { context, advance } = clockedContext()
    const locks: string[] = []
    for (let n = 0; n < 7; n++) {
      await failLogIns(context, username, 10)
      locks.push(await tryLogIn(context, username, PASSWORD))
      advance(15 * MINUTE)
    }
    expect(locks).toEqual([60, 120, 240, 480, 900, 900, 900].map((seconds) => `throttled ${seconds}`))
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('do not lock when they are spread over more than 15 minutes', async () => {
    const { username } = await person()
    const { context, advance } = clockedContext()
    await failLogIns(context, username, 9)
    advance(15 * MINUTE)
    await failLogIns(context, username, 9)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('do not lock when a successful log-in comes between them', async () => {
    const { username } = await person()
    const { context } = clockedContext()
    await failLogIns(context, username, 9)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
    await failLogIns(context, username, 9)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('lock an unknown username in the same way', async () => {
    const { context } = clockedContext()
    const unknown = freshName('unknown')
    expect(new Set(await failLogIns(context, unknown, 10))).toEqual(new Set(['invalid-credentials']))
    expect(await tryLogIn(context, unknown, PASSWORD)).toBe('throttled 60')
  })

  test('for one spelling of the username lock every spelling', async () => {
    const { username } = await person('Mixed')
    const { context } = clockedContext()
    await failLogIns(context, username.toUpperCase(), 10)
    expect(await tryLogIn(context, username.toLowerCase(), PASSWORD)).toMatch(/^throttled/)
  })
})

describe('an attacker who wants to lock out another account', () => {
  test('does not extend a lock with further attempts', async () => {
    const { username } = await person()
    const { context, advance } = clockedContext()
    await failLogIns(context, username, 10)
    advance(30 * SECOND)
    await failLogIns(context, username, 25)
    advance(30 * SECOND)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('gets a short first lock again after a day without failures', async () => {
    const { username } = await person()
    const { context, advance } = clockedContext()
    for (let n = 0; n < 4; n++) {
      await failLogIns(context, username, 10)
      advance(15 * MINUTE)
    }
    advance(25 * HOUR)
    await failLogIns(context, username, 10)
    expect(await tryLogIn(context, username, PASSWORD)).toBe('throttled 60')
  })
})

test('each failure after the third delays the response more', async () => {
  const { username } = await person()
  const { context, sleeps } = clockedContext()
  const slowed = { ...context, settings: { ...context.settings, loginLock: { ...context.settings.loginLock, slowdownMs: 100 } } }
  await failLogIns(slowed, username, 6)
  expect(sleeps).toEqual([100, 200, 300])
})

describe('concurrent log-ins', () => {
  test('with 50 wrong passwords are all counted: 10 are checked and 40 are throttled', async () => {
    const { username } = await person()
    const { context } = clockedContext()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => tryLogIn(context, username, 'wrong password')))
    expect(outcomes.filter((outcome) => outcome === 'invalid-credentials').length).toBe(10)
    expect(outcomes.filter((outcome) => outcome.startsWith('throttled')).length).toBe(40)
  })

  test('with the correct password fail after 10 wrong ones, even if the account was read before the lock', async () => {
    const { username } = await person()
    const { context } = clockedContext()
    const { passwords } = context
    // The correct password is verified while the ten wrong ones are counted: its request has read an account without a lock.
    const { promise: locked, resolve: release } = Promise.withResolvers<void>()
    const delayed: Context = {
      ...context,
      passwords: {
        ...passwords,
        verify: async (password, stored) => {
          await locked
          return passwords.verify(password, stored)
        },
      },
    }
    const correct = tryLogIn(delayed, username, PASSWORD)
    await failLogIns(context, username, 10)
    release()
    expect(await correct).toMatch(/^throttled/)
    const { results } = await env.DB.prepare('SELECT c.id FROM credentials c JOIN accounts a ON a.id = c.account_id WHERE a.username = ?')
      .bind(username)
      .all()
    expect(results.length).toBe(1) // The one from the registration.
  })

  test('with the correct password all succeed', async () => {
    const { username } = await person()
    const { context } = clockedContext()
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => tryLogIn(context, username, PASSWORD)))
    expect(new Set(outcomes)).toEqual(new Set(['logged in']))
  })
})

describe('over HTTP', () => {
  const loginPaths: [string, string][] = [
    ['mindharmony', '/user/login/'],
    ['facility', '/api/sessions/'],
    ['matrimony', '/users/login/'],
    ['recovery', '/api/v1/user/login/'],
    ['meetups', '/api/token/'],
  ]

  test.each(loginPaths)('%s responds with 429 and Retry-After', async (_name, path) => {
    const { username } = await person()
    for (let n = 0; n < 10; n++) {
      const wrong = await call('POST', path, { json: { username, password: 'wrong password' } })
      expect([400, 401]).toContain(wrong.status)
    }
    const response = await call('POST', path, { json: { username, password: PASSWORD } })
    expect(response.status).toBe(429)
    const seconds = Number(response.headers.get('Retry-After'))
    expect(seconds).toBeGreaterThan(50)
    expect(response.json).toEqual({ detail: `Request was throttled. Expected available in ${seconds} seconds.` })
  })

  test('a password change with a wrong old password is counted as well', async () => {
    const { username, token } = await person()
    const reset = { username, old_password: 'wrong password', new_password: 'another good 1' }
    for (let n = 0; n < 10; n++) expect((await call('PUT', '/users/reset/', { as: token, json: reset })).status).toBe(400)
    expect((await call('PUT', '/users/reset/', { as: token, json: { ...reset, old_password: PASSWORD } })).status).toBe(429)
  })
})

test('an IP address with too many requests gets 429 at every registration and log-in route, and nowhere else', async () => {
  const checkedAddresses: string[] = []
  const context: Context = {
    ...createContext(env, { waitUntil: () => undefined }),
    limits: {
      allowsAddress: async (address) => {
        checkedAddresses.push(address)
        return false
      },
      allowsWiderNetwork: async () => true,
      allowsAlarmMessage: async () => true,
    },
  }
  const request = (method: string, path: string) =>
    handleWith(new Request(new URL(path, ORIGIN), { method, headers: { 'CF-Connecting-IP': '203.0.113.7' } }), context)
  const paths = ['/user/register/', '/login/', '/api/users/', '/api/sessions/', '/users/', '/users/login/', '/api/v1/user/registration/']
  const morePaths = ['/api/v1/user/login/', '/api/token/', '/api/token/refresh', '/api/token/blacklist/', '/api/register/']
  for (const path of [...paths, ...morePaths]) {
    const response = await request('POST', path)
    expect([path, response.status, response.headers.get('Retry-After')]).toEqual([path, 429, '60'])
  }
  expect((await request('PUT', '/users/reset/')).status).toBe(429)
  expect(new Set(checkedAddresses)).toEqual(new Set(['203.0.113.7']))
  expect((await request('GET', '/session/')).status).toBe(401)
  expect((await request('GET', '/health')).status).toBe(200)
})

test('the daily sweep deletes expired rows and keeps the others', async () => {
  const { context, advance } = clockedContext()
  const someone = await person()
  await failLogIns(context, someone.username, 3)
  const count = async (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
  await sweep(systemContext(context))
  expect(await count('credentials')).toBeGreaterThan(0)
  expect(await count('login_failures')).toBeGreaterThan(0)
  advance(31 * 24 * HOUR)
  await sweep(systemContext(context))
  expect(await count('credentials')).toBe(0)
  expect(await count('login_failures')).toBe(0)
})
