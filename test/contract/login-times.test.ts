import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'
import { logIn } from '../../src/domain/sessions/log-in.ts'
import { Failure } from '../../src/model/result.ts'
import { DJANGO_26000 } from '../support/django-hashes.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'

const COMMON_MS = 1000

/** How long the check of a password takes here, by the kind of hash. The hashes themselves are cheap: their time does not count. */
const CHECK_MS = { argon2: 40, imported: 600 }

/** A context in which only checks of passwords and sleeps take time. */
const timedContext = (checkMs = CHECK_MS) => {
  let time = Date.now()
  const context = createContext(env, { waitUntil: () => undefined })
  const { passwords, settings } = context
  const timed: Context = {
    ...context,
    settings: { ...settings, loginLock: { ...settings.loginLock, failureResponseMs: COMMON_MS } },
    now: () => time,
    sleep: async (ms) => {
      time += ms
    },
    passwords: {
      ...passwords,
      verify: async (password, stored) => {
        time += stored?.startsWith('pbkdf2') ? checkMs.imported : checkMs.argon2
        return passwords.verify(password, stored)
      },
    },
  }
  return { context: timed, now: () => time }
}

/** The outcome of one log-in, and after how many milliseconds it came. */
const attempt = async (username: string, password: string, timed = timedContext()) => {
  const startedAt = timed.now()
  const outcome = await logIn(timed.context, { contract: 'mindharmony', username, password, kind: 'token', userAgent: '' })
  return [outcome instanceof Failure ? outcome.code : 'logged in', timed.now() - startedAt]
}

const names: Record<'ours' | 'imported' | 'closed' | 'closedImported', string> = { ours: '', imported: '', closed: '', closedImported: '' }

beforeAll(async () => {
  for (const name of ['ours', 'imported', 'closed', 'closedImported'] as const) names[name] = (await person()).username
  for (const name of [names.imported, names.closedImported])
    await env.DB.prepare('UPDATE accounts SET password = ? WHERE username = ?').bind(DJANGO_26000.stored, name).run()
  for (const name of [names.closed, names.closedImported])
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE username = ?').bind(name).run()
})

describe('a log-in that fails is answered at the same time', () => {
  test('for an unknown name, for a wrong password, and for an imported account', async () => {
    const outcomes = [
      await attempt(freshName('unknown'), 'wrong password'),
      await attempt(names.ours, 'wrong password'),
      await attempt(names.imported, 'wrong password'),
      await attempt(names.closed, 'wrong password'),
      await attempt(names.closedImported, 'wrong password'),
    ]
    expect(outcomes).toEqual(outcomes.map(() => ['invalid-credentials', COMMON_MS]))
  })

  test('for a closed account, whatever its hash is', async () => {
    expect(await attempt(names.closed, PASSWORD)).toEqual(['inactive', COMMON_MS])
    expect(await attempt(names.closedImported, DJANGO_26000.password)).toEqual(['inactive', COMMON_MS])
  })

  test('when concurrent failures have locked the account', async () => {
    const { username } = await person()
    const outcomes = await Promise.all(Array.from({ length: 13 }, () => attempt(username, 'wrong password')))
    expect(outcomes.filter(([code]) => code === 'throttled')).toHaveLength(3)
    expect(new Set(outcomes.map(([, ms]) => ms))).toEqual(new Set([COMMON_MS]))
  })

  test('and later after more than three failures, by the same time for every kind of account', async () => {
    const slow = () => {
      const timed = timedContext()
      const { settings } = timed.context
      return { ...timed, context: { ...timed.context, settings: { ...settings, loginLock: { ...settings.loginLock, slowdownMs: 100 } } } }
    }
    const fresh = [await person(), await person()].map(({ username }) => username)
    await env.DB.prepare('UPDATE accounts SET password = ? WHERE username = ?')
      .bind(DJANGO_26000.stored, fresh[1] ?? '')
      .run()
    for (const username of [...fresh, freshName('unknown')]) {
      const times: unknown[] = []
      for (let n = 0; n < 5; n++) times.push((await attempt(username, 'wrong password', slow()))[1])
      expect(times).toEqual([COMMON_MS, COMMON_MS, COMMON_MS, COMMON_MS + 100, COMMON_MS + 200])
    }
  })
})

test('a log-in that succeeds does not wait', async () => {
  const { username } = await person()
  expect(await attempt(username, PASSWORD)).toEqual(['logged in', CHECK_MS.argon2])
})

test('a check that takes longer than the common time is not delayed further', async () => {
  const outcome = await attempt(freshName('unknown'), 'wrong password', timedContext({ argon2: 4000, imported: 4000 }))
  expect(outcome).toEqual(['invalid-credentials', 4000])
})

test('a failed log-in that waits does not block the queue of hashes', async () => {
  const { username } = await person()
  const { context } = timedContext()
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
  const { promise: asleep, resolve: fallAsleep } = Promise.withResolvers<void>()
  const sleeping: Context = {
    ...context,
    sleep: () => {
      fallAsleep()
      return woken
    },
  }
  const failing = attempt(freshName('unknown'), 'wrong password', { context: sleeping, now: () => 0 })
  await asleep
  expect((await attempt(username, PASSWORD))[0]).toBe('logged in')
  wake()
  expect((await failing)[0]).toBe('invalid-credentials')
})
