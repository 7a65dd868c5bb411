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

/** Counts a failure of this username, from a network of its own. */
const countFailure = async (who: string, now: number, rule: LockRule) => {
  const entry = { at: now, role: 'anyone', actorId: null, credentialId: null, address: null, subjectId: null, detail: '' } as const
  const audit = { failed: { ...entry, action: 'log-in-failed' }, locked: { ...entry, action: 'locked' } } as const
  const counters = [
    { who, rule, isOfUsername: true },
    { who: `network of ${who}`, rule, isOfUsername: false },
  ] as const
  const [counted] = await countLoginFailure(store, now, counters, audit)
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
