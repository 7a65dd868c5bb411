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

/** A namespace as the far side of the world sees it: what is written here is not there yet. */
const staleKv = (): KVNamespace =>
  new Proxy(env.REVOKED, { get: (kv, name) => (name === 'get' ? async () => null : Reflect.get(kv, name)) })

const brokenKv = (): KVNamespace =>
  new Proxy(env.REVOKED, {
    get: (kv, name) => (name === 'get' || name === 'put' ? () => Promise.reject(new Error('KV is down')) : Reflect.get(kv, name)),
  })

const slowKv = (): KVNamespace =>
  new Proxy(env.REVOKED, { get: (kv, name) => (name === 'get' ? () => new Promise<null>(() => undefined) : Reflect.get(kv, name)) })

/** The context of another isolate: the same database, a revocation list of its own. */
const elsewhere = (kv: KVNamespace): Context => ({
  ...createContext(env, { waitUntil: () => undefined }),
  revocations: createRevocations(kv),
})

const bare = (header: string): string => header.split(' ')[1] ?? ''

const logOutWith = async (token: string, kv: KVNamespace): Promise<void> => {
  const work: Promise<unknown>[] = []
  const context = { ...elsewhere(kv), later: (started: Promise<unknown>) => work.push(started) }
  const actor = await authenticate(context, token)
  if (typeof actor === 'string') throw new Error(actor)
  await logOut({ ...context, actor })
  await Promise.all(work)
}

describe('a revoked credential is refused on the next request', () => {
  test('where KV knows of it', async () => {
    const token = bare((await person()).token)
    await logOutWith(token, env.REVOKED)
    expect(await authenticate(elsewhere(env.REVOKED), token)).toBe('revoked')
  })

  test('where KV is stale', async () => {
    const token = bare((await person()).token)
    const far = elsewhere(staleKv())
    expect(await authenticate(far, token)).toMatchObject({ account: { isActive: true } })
    await logOutWith(token, env.REVOKED)
    expect(await authenticate(far, token)).toBe('revoked')
  })

  test('where KV is down, when it is written and when it is read', async () => {
    const token = bare((await person()).token)
    await logOutWith(token, brokenKv())
    expect(await authenticate(elsewhere(brokenKv()), token)).toBe('revoked')
  })

  test('and a good one passes there', async () => {
    const token = bare((await person()).token)
    expect(await authenticate(elsewhere(brokenKv()), token)).toMatchObject({ credential: { type: 'token' } })
  })
})

test('nobody waits for a KV that does not answer', async () => {
  const token = bare((await person()).token)
  expect(await authenticate(elsewhere(slowKv()), token)).toMatchObject({ credential: { type: 'token' } })
})

describe('the list', () => {
  const now = Date.now()
  const freshId = () => crypto.randomUUID().replaceAll('-', '')

  test('keeps an entry as long as its token would live, and never less than KV takes', async () => {
    const kept: (number | undefined)[] = []
    const kv = new Proxy(env.REVOKED, {
      get: (target, name) =>
        name === 'put'
          ? async (_key: string, _value: string, options: KVNamespacePutOptions) => kept.push(options.expirationTtl)
          : Reflect.get(target, name),
    })
    const list = createRevocations(kv)
    await list.list(freshId(), now + 30 * DAY, now)
    await list.list(freshId(), now + 5_000, now)
    await list.list(freshId(), now - 5_000, now)
    expect(kept).toEqual([30 * 24 * 60 * 60, 60, 60])
  })

  test('writes what another isolate reads, and remembers what it has seen', async () => {
    const id = freshId()
    await createRevocations(env.REVOKED).list(id, now + DAY, now)
    expect(await env.REVOKED.get(`revoked:${id}`)).not.toBeNull()
    const other = createRevocations(env.REVOKED)
    expect(await other.isListed(id, now)).toBe(true)
    await env.REVOKED.delete(`revoked:${id}`)
    expect(await other.isListed(id, now)).toBe(true)
    expect(await createRevocations(env.REVOKED).isListed(id, now)).toBe(false)
  })

  test('is asked again about a credential only after a minute, as KV would answer the same until then', async () => {
    const asked: string[] = []
    const kv = new Proxy(env.REVOKED, {
      get: (target, name) =>
        name === 'get'
          ? async (name: string) => {
              asked.push(name)
              return null
            }
          : async () => Reflect.get(target, name),
    })
    const [list, id] = [createRevocations(kv), freshId()]
    expect(await list.isListed(id, now)).toBe(false)
    expect(list.isListed(id, now + 59_999)).toBe(false)
    expect(asked).toHaveLength(1)
    expect(await list.isListed(id, now + 60_000)).toBe(false)
    expect(asked).toHaveLength(2)
    await list.list(id, now + DAY, now)
    expect(list.isListed(id, now)).toBe(true)
    expect(asked).toHaveLength(2)
  })

  test('does not take a failure for a miss', async () => {
    const list = createRevocations(brokenKv())
    const id = freshId()
    expect(await list.isListed(id, now)).toBe(false)
    expect(list.isListed(id, now + 1)).toBeInstanceOf(Promise)
  })
})

test('a credential that is known to be revoked costs no question to the database', async () => {
  const token = bare((await person()).token)
  const here = elsewhere(env.REVOKED)
  const actor = await authenticate(here, token)
  if (typeof actor === 'string') throw new Error(actor)
  await logOut({ ...here, actor })
  const { database, counts } = countingDatabase(env.DB)
  expect(await authenticate({ ...here, store: createStore(database) }, token)).toBe('revoked')
  expect(counts.roundTrips).toBe(0)
})
