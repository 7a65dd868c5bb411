import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { LOCKS_FORGOTTEN_AFTER_MS, type LockRule } from '../../src/model/login-lock.ts'
import { backoff, MAX_DOUBLINGS } from '../../src/model/retry.ts'
import { countLoginFailure } from '../../src/store/credentials.ts'
import { createStore } from '../../src/store/store.ts'

const store = createStore(env.DB)
const START = Date.UTC(2026, 10, 20)

/** Each failure locks. */
const RULE: LockRule = { failures: 1, windowMs: 1000, firstMs: 1, longestMs: LOCKS_FORGOTTEN_AFTER_MS }

/** The entries that a failure may add. */
const auditOf = (detail: string, at: number) => {
  const entry = { at, role: 'anyone', actorId: null, credentialId: null, address: null, subjectId: null, detail } as const
  return { failed: { ...entry, action: 'log-in-failed' }, locked: { ...entry, action: 'locked' } } as const
}

/** Counts a failure of this username, from a network of its own. */
const countFailure = async (who: string, now: number, rule: LockRule) => {
  const counters = [
    { who, rule, isOfUsername: true },
    { who: `network of ${who}`, rule, isOfUsername: false },
  ] as const
  const [counted] = await countLoginFailure(store, now, counters, auditOf(who, now))
  if (!counted) throw new Error('not counted')
  return counted
}

/** The lengths of locks that follow each other at once. */
const lockLengths = async (who: string, count: number, rule: LockRule): Promise<number[]> => {
  const lengths: number[] = []
  for (let now = START; lengths.length < count; ) {
    const { lockedUntil } = await countFailure(who, now, rule)
    lengths.push(lockedUntil - now)
    now = lockedUntil
  }
  return lengths
}

test('locks become longer as model/retry.ts says, until doubling stops', async () => {
  const count = MAX_DOUBLINGS + 3
  const expected = Array.from({ length: count }, (_, index) => backoff({ firstMs: RULE.firstMs, maxMs: RULE.longestMs }, index + 1))
  expect(await lockLengths('doubling', count, RULE)).toEqual(expected)
  expect(expected.at(-1)).toBe(2 ** MAX_DOUBLINGS)
})

test('no lock is longer than the longest', async () => {
  expect(await lockLengths('longest', 5, { ...RULE, firstMs: 100, longestMs: 350 })).toEqual([100, 200, 350, 350, 350])
})

test('a lock is forgotten after the time in the model, and not a moment earlier', async () => {
  for (const [who, after, length] of [
    ['remembered', LOCKS_FORGOTTEN_AFTER_MS - 1, 2],
    ['forgotten', LOCKS_FORGOTTEN_AFTER_MS, 1],
  ] as const) {
    await countFailure(who, START, RULE)
    const { lockedUntil } = await countFailure(who, START + after, RULE)
    expect(lockedUntil - (START + after)).toBe(length)
  }
})

test('the audit trail gets an entry for each failure and one for each lock of a username, and none for a lock of a network', async () => {
  const rule = (failures: number): LockRule => ({ failures, windowMs: 60_000, firstMs: 60_000, longestMs: 60_000 })
  const counters = [
    { who: 'from one address', rule: rule(2), isOfUsername: true },
    { who: 'from all addresses', rule: rule(4), isOfUsername: true },
    { who: 'network', rule: rule(1), isOfUsername: false },
  ] as const
  for (let failure = 0; failure < 5; failure++)
    await countLoginFailure(store, START + failure, counters, auditOf('recorded', START + failure))
  const { results } = await env.DB.prepare("SELECT at, action FROM audit_entries WHERE detail = 'recorded' ORDER BY id").all()
  expect(results.map(({ at, action }) => [Number(at) - START, action])).toEqual([
    [0, 'log-in-failed'],
    [1, 'log-in-failed'],
    [1, 'locked'],
    [2, 'log-in-failed'],
    [3, 'log-in-failed'],
    [3, 'locked'],
    [4, 'log-in-failed'],
  ])
})
