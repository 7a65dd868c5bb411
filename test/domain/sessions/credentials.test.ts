import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import type { Context } from '../../../src/domain/context.ts'
import { issueTokens, newCredential, signAccess } from '../../../src/domain/sessions/credentials.ts'

/** A context whose clock advances a second each time it is read. */
const slowContext = (): Context => {
  let time = Date.now()
  return { ...createContext(env, { waitUntil: () => undefined }), now: () => (time += 1000) }
}

const lifetimeOf = (token: string): number => {
  const { iat, exp }: Record<'iat' | 'exp', number> = JSON.parse(atob(token.split('.')[1] ?? ''))
  return exp - iat
}

const ACCOUNT = { id: 1, objectId: '0'.repeat(24) }

test('the two times in a token differ by its lifetime, however long the request takes', async () => {
  const context = slowContext()
  const { token, session, refresh, access } = context.settings.lifetimes
  const issue = async <K extends 'token' | 'session' | 'pair'>(kind: K) =>
    issueTokens(context, ACCOUNT, newCredential(context, { kind, userAgent: '' }), kind)
  expect(lifetimeOf((await issue('token')).token)).toBe(token / 1000)
  expect(lifetimeOf((await issue('session')).token)).toBe(session / 1000)
  const pair = await issue('pair')
  expect([lifetimeOf(pair.refresh), lifetimeOf(pair.access)]).toEqual([refresh / 1000, access / 1000])
  expect(lifetimeOf(await signAccess(context, ACCOUNT, '0'.repeat(32)))).toBe(access / 1000)
})
