import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'
import { logIn } from '../../src/domain/sessions/log-in.ts'
import { Failure } from '../../src/model/result.ts'
import { call } from '../support/call.ts'
import { DJANGO_260000 } from '../support/django-hashes.ts'
import { PASSWORD, person } from '../support/people.ts'

const NEW_PASSWORD = 'another good 1'

const countCredentials = (username: string): Promise<number | null> =>
  env.DB.prepare('SELECT count(*) AS n FROM credentials c JOIN accounts a ON a.id = c.account_id WHERE a.username = ?')
    .bind(username)
    .first<number>('n')

/** A context in which a password check waits, after it has read the stored hash, until `release` is called. */
const delayedContext = () => {
  const context: Context = createContext(env, { waitUntil: () => undefined })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: reading, resolve: isReading } = Promise.withResolvers<void>()
  const { passwords } = context
  const delayed: Context = {
    ...context,
    passwords: {
      ...passwords,
      verify: async (password, stored) => {
        isReading()
        await released
        return passwords.verify(password, stored)
      },
    },
  }
  return { delayed, reading, release }
}

const changePassword = (username: string, token: string) =>
  call('PUT', '/users/reset/', { as: token, json: { username, old_password: PASSWORD, new_password: NEW_PASSWORD } })

describe('a log-in that races with a password change', () => {
  test('fails if it has verified the old password before the change, and leaves no credential', async () => {
    const { username, token } = await person()
    const { delayed, reading, release } = delayedContext()
    const login = logIn(delayed, { contract: 'mindharmony', username, password: PASSWORD, kind: 'token', userAgent: '' })
    await reading
    expect((await changePassword(username, token)).status).toBe(200)
    release()
    const outcome = await login
    expect(outcome instanceof Failure ? outcome.code : 'logged in').toBe('invalid-credentials')
    expect(await countCredentials(username)).toBe(1) // The credential that changed the password.
  })

  test('leaves no valid token, however many there are', async () => {
    for (let round = 0; round < 5; round++) {
      const { username, token } = await person()
      const logins = Array.from({ length: 8 }, () => call('POST', '/user/login/', { json: { username, password: PASSWORD } }))
      const [changed, ...responses] = await Promise.all([changePassword(username, token), ...logins])
      expect(changed.status).toBe(200)
      for (const { status, json } of responses) {
        expect([200, 400]).toContain(status)
        if (status === 200) expect((await call('GET', '/session/', { as: String(Object(json).token) })).status).toBe(401)
      }
      expect(await countCredentials(username)).toBe(1)
      expect((await call('POST', '/user/login/', { json: { username, password: NEW_PASSWORD } })).status).toBe(200)
    }
  })
})

test('concurrent log-ins with an outdated hash all succeed, although the first one replaces the hash', async () => {
  const { username } = await person()
  await env.DB.prepare('UPDATE accounts SET password = ? WHERE username = ?').bind(DJANGO_260000.stored, username).run()
  const { delayed, reading, release } = delayedContext()
  const login = { contract: 'mindharmony', username, password: DJANGO_260000.password, kind: 'token', userAgent: '' } as const
  const second = logIn(delayed, login)
  await reading
  expect(await logIn(createContext(env, { waitUntil: () => undefined }), login)).not.toBeInstanceOf(Failure)
  release()
  expect(await second).not.toBeInstanceOf(Failure)
})
