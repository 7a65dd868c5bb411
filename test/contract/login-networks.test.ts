import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { findAccount, unlock } from '../../src/domain/accounts/operator-actions.ts'
import type { Context, Limits } from '../../src/domain/context.ts'
import { logIn } from '../../src/domain/sessions/log-in.ts'
import { clientOf } from '../../src/model/client.ts'
import { Failure } from '../../src/model/result.ts'
import { call, ORIGIN } from '../support/call.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'
import { handleWith, withOperatorContext } from '../support/worker-context.ts'

const workerContext = () => createContext(env, { waitUntil: () => undefined })

/** A limit as the platform's binding has it. */
const createLimit = (limit: number) => {
  const counts = new Map<string, number>()
  return {
    counts,
    limit: async ({ key }: { key: string }) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return { success: count <= limit }
    },
  }
}

describe('the rate limit', () => {
  /** The statuses of one request from each address. Without a body it is a 400, unless it is limited. */
  const statusesOf = async (limits: Limits, addresses: readonly string[]): Promise<number[]> => {
    const statuses: number[] = []
    for (const address of addresses) {
      const request = new Request(`${ORIGIN}/user/login/`, { method: 'POST', headers: { 'CF-Connecting-IP': address } })
      statuses.push((await handleWith(request, { ...workerContext(), limits })).status)
    }
    return statuses
  }
  const limitsOf = (perAddress: number, perNetwork: number) => {
    const [address, network] = [createLimit(perAddress), createLimit(perNetwork)]
    const { limits } = createContext({ ...env, ADDRESS_LIMIT: address, NETWORK_LIMIT: network }, { waitUntil: () => undefined })
    return { limits, address, network }
  }
  const passed = (statuses: readonly number[]): number => statuses.filter((status) => status === 400).length
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n.toString(16))

  test('counts 300 addresses of one /64 as one', async () => {
    const { limits } = limitsOf(60, 1000)
    const addresses = numbers(300).map((n) => `2001:db8:1:2:${n}::${n}`)
    const statuses = await statusesOf(limits, addresses)
    expect(passed(statuses)).toBe(60)
    expect(new Set(statuses.slice(60))).toEqual(new Set([429]))
    expect(await statusesOf(limits, ['2001:db8:1:3::1', '203.0.113.7'])).toEqual([400, 400])
  })

  test('has a wider limit for a /48, and for an IPv4 /24', async () => {
    const { limits } = limitsOf(10, 50)
    const networks = numbers(100).map((n) => `2001:db8:1:${n}::1`)
    expect(passed(await statusesOf(limits, networks))).toBe(50)
    expect(
      passed(
        await statusesOf(
          limits,
          Array.from({ length: 100 }, (_, n) => `203.0.113.${n}`),
        ),
      ),
    ).toBe(50)
    expect(await statusesOf(limits, ['2001:db8:2::1', '203.0.114.7'])).toEqual([400, 400])
  })

  test('of one address does not use up that of its network', async () => {
    const { limits, network } = limitsOf(10, 50)
    const same = new Array<string>(200).fill('2001:db8:1:2::1')
    await statusesOf(limits, same)
    expect([...network.counts]).toEqual([['2001:db8:1::/48', 10]])
    expect(await statusesOf(limits, ['2001:db8:1:3::1'])).toEqual([400])
  })
})

describe('failed log-ins for many accounts', () => {
  const contextFor = (address: string, networkFailures = 20): Context => {
    const context = workerContext()
    const loginLock = { ...context.settings.loginLock, networkFailures }
    return { ...context, client: clientOf(address), settings: { ...context.settings, loginLock } }
  }
  const tryLogIn = async (context: Context, username: string, password: string): Promise<string> => {
    const outcome = await logIn(context, { contract: 'mindharmony', username, password, kind: 'token', userAgent: '' })
    return outcome instanceof Failure ? outcome.code : 'logged in'
  }

  test('lock the wider network that they come from, and no other', async () => {
    const { username } = await person()
    for (let n = 0; n < 20; n++) {
      const context = contextFor(`2001:db8:a:${n}::1`)
      expect(await tryLogIn(context, freshName('sprayed'), 'wrong password')).toBe('invalid-credentials')
    }
    expect(await tryLogIn(contextFor('2001:db8:a:ff::1'), username, PASSWORD)).toBe('throttled')
    expect(await tryLogIn(contextFor('2001:db8:b::1'), username, PASSWORD)).toBe('logged in')
    expect(await tryLogIn(contextFor('203.0.113.7'), username, PASSWORD)).toBe('logged in')
  })

  test('are all counted, when they are concurrent', async () => {
    const context = contextFor('2001:db8:c::1')
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => tryLogIn(context, freshName('sprayed'), 'wrong password')))
    expect(outcomes.filter((outcome) => outcome === 'invalid-credentials')).toHaveLength(20)
    expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(10)
  })

  test('are not forgotten when one log-in succeeds', async () => {
    const [{ username }, other] = [await person(), await person()]
    const context = contextFor('2001:db8:d::1')
    for (let n = 0; n < 19; n++) await tryLogIn(context, freshName('sprayed'), 'wrong password')
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
    await tryLogIn(context, freshName('sprayed'), 'wrong password')
    expect(await tryLogIn(context, other.username, PASSWORD)).toBe('throttled')
    // The account that has logged in from this address before is not locked out by what its neighbours do.
    expect(await tryLogIn(context, username, PASSWORD)).toBe('logged in')
  })

  test('for the name of a network do not lock it', async () => {
    const { username } = await person()
    for (const name of ['203.0.114.0/24', 'network:203.0.114.0/24'])
      for (let n = 0; n < 10; n++) await tryLogIn(contextFor('198.51.100.1', 1000), name, 'wrong password')
    expect(await tryLogIn(contextFor('203.0.114.7'), username, PASSWORD)).toBe('logged in')
  })
})

describe('the guesses of others', () => {
  const contextAt = (address: string, now = Date.now()): Context => ({ ...workerContext(), client: clientOf(address), now: () => now })
  const tryLogIn = async (context: Context, username: string, password: string): Promise<string> => {
    const outcome = await logIn(context, { contract: 'mindharmony', username, password, kind: 'token', userAgent: '' })
    if (!(outcome instanceof Failure)) return 'logged in'
    return outcome.code === 'throttled' ? `throttled ${outcome.detail?.seconds}` : outcome.code
  }
  /** Wrong guesses from so many addresses of different networks. */
  const guess = async (username: string, addresses: number, perAddress: number, now?: number): Promise<void> => {
    for (let n = 0; n < addresses; n++) {
      for (let m = 0; m < perAddress; m++) await tryLogIn(contextAt(`198.51.${n}.1`, now), username, 'wrong password')
    }
  }

  test('from one address lock only that address', async () => {
    const { username } = await person()
    await guess(username, 1, 10)
    expect(await tryLogIn(contextAt('198.51.0.1'), username, PASSWORD)).toMatch(/^throttled/)
    expect(await tryLogIn(contextAt('203.0.113.7'), username, PASSWORD)).toBe('logged in')
  })

  test('from many addresses lock for a minute at most, however often they are repeated', async () => {
    const { username } = await person()
    let now = Date.now()
    for (let round = 0; round < 4; round++) {
      await guess(username, 5, 10, now)
      const outcome = await tryLogIn(contextAt('203.0.113.7', now), username, PASSWORD)
      expect(outcome).toMatch(/^throttled/)
      expect(Number(outcome.split(' ')[1])).toBeLessThanOrEqual(60)
      now += 61_000 + 15 * 60_000 // The locks of the single addresses end, too.
    }
    expect(await tryLogIn(contextAt('203.0.113.7', now), username, PASSWORD)).toBe('logged in')
  })

  test('never lock an address from which the account has logged in before', async () => {
    const { username } = await person()
    expect(await tryLogIn(contextAt('203.0.113.8'), username, PASSWORD)).toBe('logged in')
    await guess(username, 8, 10)
    expect(await tryLogIn(contextAt('203.0.113.9'), username, PASSWORD)).toMatch(/^throttled/)
    expect(await tryLogIn(contextAt('203.0.113.8'), username, PASSWORD)).toBe('logged in')
    // Its own wrong passwords lock it.
    for (let n = 0; n < 10; n++) await tryLogIn(contextAt('203.0.113.8'), username, 'wrong password')
    expect(await tryLogIn(contextAt('203.0.113.8'), username, PASSWORD)).toMatch(/^throttled/)
  })

  test('do not lock a signed-in caller who changes the password', async () => {
    const { username, token } = await person()
    await guess(username, 6, 10)
    const json = { username, old_password: PASSWORD, new_password: 'another good 1' }
    expect((await call('PUT', '/users/reset/', { as: token, json })).status).toBe(200)
  })

  test('are forgotten when the operator unlocks the account', async () => {
    const { username } = await person()
    await guess(username, 6, 10)
    const [row] = (await env.DB.prepare('SELECT count(*) AS n FROM login_failures').all<{ n: number }>()).results
    expect(row?.n).toBeGreaterThan(6)
    await withOperatorContext(async (context) => {
      const account = await findAccount(context, username)
      expect(account && (await unlock(context, account))).toBe(true)
      expect(account && (await unlock(context, account))).toBe(false)
    })
    expect(await tryLogIn(contextAt('198.51.0.1'), username, PASSWORD)).toBe('logged in')
  })
})
