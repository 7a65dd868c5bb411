import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'
import { authenticate } from '../../src/domain/sessions/authenticate.ts'
import { logOut } from '../../src/domain/sessions/log-out.ts'
import { createStore } from '../../src/store/store.ts'
import { createRevocations } from '../../src/tokens/revocations.ts'
import { countingDatabase } from '../support/counting-database.ts'
import { person } from '../support/people.ts'

const DAY = 24 * 60 * 60 * 1000

/** A namespace as a distant location sees it: writes have not arrived there yet. */
const staleKv = (): KVNamespace =>
  new Proxy(env.REVOKED, { get: (kv, name) => (name === 'get' ? async () => null : Reflect.get(kv, name)) })

const brokenKv = (): KVNamespace =>
  new Proxy(env.REVOKED, {
    get: (kv, name) => (name === 'get' || name === 'put' ? () => Promise.reject(new Error('KV is down')) : Reflect.get(kv, name)),
  })

const slowKv = (): KVNamespace =>
  new Proxy(env.REVOKED, { get: (kv, name) => (name === 'get' ? () => new Promise<null>(() => undefined) : Reflect.get(kv, name)) })

/** The context of another isolate: the same database, its own instance of the revocation list. */
const isolateContext = (kv: KVNamespace): Context => ({
  ...createContext(env, { waitUntil: () => undefined }),
  revocations: createRevocations(kv),
})

const tokenOf = (header: string): string => header.split(' ')[1] ?? ''

const logOutWith = async (token: string, kv: KVNamespace): Promise<void> => {
  const work: Promise<unknown>[] = []
  const context = { ...isolateContext(kv), waitUntil: (started: Promise<unknown>) => work.push(started) }
  const caller = await authenticate(context, token)
  if (typeof caller === 'string') throw new Error(caller)
  await logOut(caller)
  await Promise.all(work)
}

describe('a revoked credential is rejected on the next request', () => {
  test('if KV lists it', async () => {
    const token = tokenOf((await person()).token)
    await logOutWith(token, env.REVOKED)
    expect(await authenticate(isolateContext(env.REVOKED), token)).toBe('revoked')
  })

  test('if KV is stale', async () => {
    const token = tokenOf((await person()).token)
    const distant = isolateContext(staleKv())
    expect(await authenticate(distant, token)).toMatchObject({ actor: { account: { isActive: true } } })
    await logOutWith(token, env.REVOKED)
    expect(await authenticate(distant, token)).toBe('revoked')
  })

  test('if KV is down during the write and the read', async () => {
    const token = tokenOf((await person()).token)
    await logOutWith(token, brokenKv())
    expect(await authenticate(isolateContext(brokenKv()), token)).toBe('revoked')
  })

  test('and a valid one is accepted while KV is down', async () => {
    const token = tokenOf((await person()).token)
    expect(await authenticate(isolateContext(brokenKv()), token)).toMatchObject({ actor: { credential: { type: 'token' } } })
  })
})

test('a request does not wait for a KV that does not respond', async () => {
  const token = tokenOf((await person()).token)
  expect(await authenticate(isolateContext(slowKv()), token)).toMatchObject({ actor: { credential: { type: 'token' } } })
})

describe('the list', () => {
  const now = Date.now()
  const freshId = () => crypto.randomUUID().replaceAll('-', '')

  test('stores an entry until its token would expire, and never for less than the minimum of KV', async () => {
    const ttls: (number | undefined)[] = []
    const kv = new Proxy(env.REVOKED, {
      get: (target, name) =>
        name === 'put'
          ? async (_key: string, _value: string, options: KVNamespacePutOptions) => ttls.push(options.expirationTtl)
          : Reflect.get(target, name),
    })
    const list = createRevocations(kv)
    await list.list(freshId(), now + 30 * DAY, now)
    await list.list(freshId(), now + 5_000, now)
    await list.list(freshId(), now - 5_000, now)
    expect(ttls).toEqual([30 * 24 * 60 * 60, 60, 60])
  })

  test('is read by other isolates, which cache what they have read', async () => {
    const id = freshId()
    await createRevocations(env.REVOKED).list(id, now + DAY, now)
    expect(await env.REVOKED.get(`revoked:${id}`)).not.toBeNull()
    const other = createRevocations(env.REVOKED)
    expect(await other.isListed(id, now)).toBe(true)
    await env.REVOKED.delete(`revoked:${id}`)
    expect(await other.isListed(id, now)).toBe(true)
    expect(await createRevocations(env.REVOKED).isListed(id, now)).toBe(false)
  })

  test('reads KV again for a credential only after a minute, because KV would return the same until then', async () => {
    const reads: string[] = []
    const kv = new Proxy(env.REVOKED, {
      get: (target, name) =>
        name === 'get'
          ? async (name: string) => {
              reads.push(name)
              return null
            }
          : async () => Reflect.get(target, name),
    })
    const [list, id] = [createRevocations(kv), freshId()]
    expect(await list.isListed(id, now)).toBe(false)
    expect(list.isListed(id, now + 59_999)).toBe(false)
    expect(reads).toHaveLength(1)
    expect(await list.isListed(id, now + 60_000)).toBe(false)
    expect(reads).toHaveLength(2)
    await list.list(id, now + DAY, now)
    expect(list.isListed(id, now)).toBe(true)
    expect(reads).toHaveLength(2)
  })

  test('does not cache an error as a miss', async () => {
    const list = createRevocations(brokenKv())
    const id = freshId()
    expect(await list.isListed(id, now)).toBe(false)
    expect(list.isListed(id, now + 1)).toBeInstanceOf(Promise)
  })
})

test('a credential that is known to be revoked costs no database query', async () => {
  const token = tokenOf((await person()).token)
  const context = isolateContext(env.REVOKED)
  const caller = await authenticate(context, token)
  if (typeof caller === 'string') throw new Error(caller)
  await logOut(caller)
  const { database, counts } = countingDatabase(env.DB)
  expect(await authenticate({ ...context, store: createStore(database) }, token)).toBe('revoked')
  expect(counts.roundTrips).toBe(0)
})
