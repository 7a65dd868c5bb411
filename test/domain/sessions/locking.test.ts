import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import type { Context } from '../../../src/domain/context.ts'
import { Failure } from '../../../src/domain/failures.ts'
import { logIn } from '../../../src/domain/sessions/log-in.ts'
import { sweep } from '../../../src/domain/sweep.ts'
import { call, ORIGIN } from '../../support/call.ts'
import { freshName, PASSWORD, person } from '../../support/people.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A context with a clock of its own, which only the test moves. */
const clocked = () => {
  let time = Date.now()
  const pauses: number[] = []
  const context: Context = {
    ...createContext(env, { waitUntil: () => undefined }),
    now: () => time,
    sleep: async (ms) => {
      pauses.push(ms)
    },
  }
  return { context, pauses, pass: (ms: number) => (time += ms) }
}

/** What a log-in comes to, in a word: `in`, or why not, with the seconds to wait. */
const tried = async (context: Context, username: string, password: string): Promise<string> => {
  const outcome = await logIn(context, { username, password, kind: 'token', userAgent: '' })
  if (!(outcome instanceof Failure)) return 'in'
  return outcome.code === 'throttled' ? `throttled ${outcome.detail?.seconds}` : outcome.code
}

const failTimes = async (context: Context, username: string, times: number): Promise<string[]> => {
  const outcomes: string[] = []
  for (let n = 0; n < times; n++) outcomes.push(await tried(context, username, 'wrong password'))
  return outcomes
}

describe('ten wrong passwords', () => {
  test('lock the account, for the right one too, and for as long as is said', async () => {
    const { username } = await person()
    const { context, pass } = clocked()
    expect(new Set(await failTimes(context, username, 10))).toEqual(new Set(['invalid-credentials']))
    expect(await tried(context, username, PASSWORD)).toBe('throttled 60')
    pass(59 * SECOND)
    expect(await tried(context, username, PASSWORD)).toBe('throttled 1')
    pass(1 * SECOND)
    expect(await tried(context, username, PASSWORD)).toBe('in')
  })

  test('lock each time for twice as long, and never longer than a quarter of an hour', async () => {
    const { username } = await person()
    const { context, pass } = clocked()
    const locks: string[] = []
    for (let n = 0; n < 7; n++) {
      await failTimes(context, username, 10)
      locks.push(await tried(context, username, PASSWORD))
      pass(15 * MINUTE)
    }
    expect(locks).toEqual([60, 120, 240, 480, 900, 900, 900].map((seconds) => `throttled ${seconds}`))
    expect(await tried(context, username, PASSWORD)).toBe('in')
  })

  test('are forgotten when they are spread over more than a quarter of an hour', async () => {
    const { username } = await person()
    const { context, pass } = clocked()
    await failTimes(context, username, 9)
    pass(15 * MINUTE)
    await failTimes(context, username, 9)
    expect(await tried(context, username, PASSWORD)).toBe('in')
  })

  test('are forgotten with a right one between them', async () => {
    const { username } = await person()
    const { context } = clocked()
    await failTimes(context, username, 9)
    expect(await tried(context, username, PASSWORD)).toBe('in')
    await failTimes(context, username, 9)
    expect(await tried(context, username, PASSWORD)).toBe('in')
  })

  test('lock a name that nobody bears just the same', async () => {
    const { context } = clocked()
    const nobody = freshName('nobody')
    expect(new Set(await failTimes(context, nobody, 10))).toEqual(new Set(['invalid-credentials']))
    expect(await tried(context, nobody, PASSWORD)).toBe('throttled 60')
  })

  test('of one spelling of the name lock every spelling', async () => {
    const { username } = await person('Mixed')
    const { context } = clocked()
    await failTimes(context, username.toUpperCase(), 10)
    expect(await tried(context, username.toLowerCase(), PASSWORD)).toMatch(/^throttled/)
  })
})

describe('somebody who wants to keep another out', () => {
  test('does not lengthen a lock by trying on', async () => {
    const { username } = await person()
    const { context, pass } = clocked()
    await failTimes(context, username, 10)
    pass(30 * SECOND)
    await failTimes(context, username, 25)
    pass(30 * SECOND)
    expect(await tried(context, username, PASSWORD)).toBe('in')
  })

  test('is forgotten after a quiet day: the next lock is short again', async () => {
    const { username } = await person()
    const { context, pass } = clocked()
    for (let n = 0; n < 4; n++) {
      await failTimes(context, username, 10)
      pass(15 * MINUTE)
    }
    pass(25 * HOUR)
    await failTimes(context, username, 10)
    expect(await tried(context, username, PASSWORD)).toBe('throttled 60')
  })
})

test('each failure after the third makes the answer later', async () => {
  const { username } = await person()
  const { context, pauses } = clocked()
  const slowed = { ...context, settings: { ...context.settings, loginLock: { ...context.settings.loginLock, slowdownMs: 100 } } }
  await failTimes(slowed, username, 6)
  expect(pauses).toEqual([100, 200, 300])
})

describe('guesses that come all at once', () => {
  test('count each: of fifty wrong ones ten are heard and forty are turned away', async () => {
    const { username } = await person()
    const { context } = clocked()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => tried(context, username, 'wrong password')))
    expect(outcomes.filter((outcome) => outcome === 'invalid-credentials').length).toBe(10)
    expect(outcomes.filter((outcome) => outcome.startsWith('throttled')).length).toBe(40)
  })

  test('let no right one in behind ten wrong ones, whatever was read before them', async () => {
    const { username } = await person()
    const { context } = clocked()
    const { passwords } = context
    // The right guess is verified while the ten wrong ones are counted: it has read an account that is not locked yet.
    const { promise: locked, resolve: release } = Promise.withResolvers<void>()
    const late: Context = {
      ...context,
      passwords: {
        ...passwords,
        verify: async (password, stored) => {
          await locked
          return passwords.verify(password, stored)
        },
      },
    }
    const right = tried(late, username, PASSWORD)
    await failTimes(context, username, 10)
    release()
    expect(await right).toMatch(/^throttled/)
    const { results } = await env.DB.prepare('SELECT c.id FROM credentials c JOIN accounts a ON a.id = c.account_id WHERE a.username = ?')
      .bind(username)
      .all()
    expect(results.length).toBe(1) // the one that registering gave
  })

  test('that are all right are all let in', async () => {
    const { username } = await person()
    const { context } = clocked()
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => tried(context, username, PASSWORD)))
    expect(new Set(outcomes)).toEqual(new Set(['in']))
  })
})

describe('over the wire', () => {
  const doors: [string, string][] = [
    ['mindharmony', '/user/login/'],
    ['facility', '/api/sessions/'],
    ['matrimony', '/users/login/'],
    ['recovery', '/api/v1/user/login/'],
    ['meetups', '/api/token/'],
  ]

  test.each(doors)('%s errorResponse 429, and when to come back', async (_name, path) => {
    const { username } = await person()
    for (let n = 0; n < 10; n++) {
      const wrong = await call('POST', path, { json: { username, password: 'wrong password' } })
      expect([400, 401]).toContain(wrong.status)
    }
    const refused = await call('POST', path, { json: { username, password: PASSWORD } })
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('Retry-After'))
    expect(seconds).toBeGreaterThan(50)
    expect(refused.json).toEqual({ detail: `Request was throttled. Expected available in ${seconds} seconds.` })
  })

  test('a password that is changed with the wrong old one is counted as well', async () => {
    const { username, token } = await person()
    const reset = { username, old_password: 'wrong password', new_password: 'another good 1' }
    for (let n = 0; n < 10; n++) expect((await call('PUT', '/users/reset/', { as: token, json: reset })).status).toBe(400)
    expect((await call('PUT', '/users/reset/', { as: token, json: { ...reset, old_password: PASSWORD } })).status).toBe(429)
  })
})

test('an address that knocks too often is turned away at every door, and nowhere else', async () => {
  const { origin } = await import('../../../src/app.ts')
  const asked: string[] = []
  const context: Context = {
    ...createContext(env, { waitUntil: () => undefined }),
    limits: {
      allowsAddress: async (address) => {
        asked.push(address)
        return false
      },
    },
  }
  const knock = (method: string, path: string) =>
    origin(new Request(new URL(path, ORIGIN), { method, headers: { 'CF-Connecting-IP': '203.0.113.7' } }), context)
  const doors = ['/user/register/', '/login/', '/api/users/', '/api/sessions/', '/users/', '/users/login/', '/api/v1/user/registration/']
  const more = ['/api/v1/user/login/', '/api/token/', '/api/token/refresh', '/api/token/blacklist/', '/api/register/']
  for (const path of [...doors, ...more]) {
    const refused = await knock('POST', path)
    expect([path, refused.status, refused.headers.get('Retry-After')]).toEqual([path, 429, '60'])
  }
  expect((await knock('PUT', '/users/reset/')).status).toBe(429)
  expect(new Set(asked)).toEqual(new Set(['203.0.113.7']))
  expect((await knock('GET', '/session/')).status).toBe(401)
  expect((await knock('GET', '/health')).status).toBe(200)
})

test('the daily sweep takes what is dead and leaves what lives', async () => {
  const { context, pass } = clocked()
  const someone = await person()
  await failTimes(context, someone.username, 3)
  const count = async (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
  await sweep(context)
  expect(await count('credentials')).toBeGreaterThan(0)
  expect(await count('login_failures')).toBeGreaterThan(0)
  pass(31 * 24 * HOUR)
  await sweep(context)
  expect(await count('credentials')).toBe(0)
  expect(await count('login_failures')).toBe(0)
})
