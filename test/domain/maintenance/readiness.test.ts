import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { systemContext } from '../../../src/domain/access.ts'
import type { Context } from '../../../src/domain/context.ts'
import { readinessOf } from '../../../src/domain/maintenance/readiness.ts'
import { runOften } from '../../../src/domain/maintenance/run-often.ts'
import { sweep } from '../../../src/domain/maintenance/sweep.ts'
import { createStore } from '../../../src/store/store.ts'
import { ORIGIN, readResponse } from '../../support/call.ts'
import { countingDatabase } from '../../support/counting-database.ts'
import { person } from '../../support/people.ts'
import { handleWith } from '../../support/worker-context.ts'

/** A context with a store of its own: results are cached for each. */
const contextWith = (changes: Partial<Context> = {}): Context => ({
  ...createContext(env, { waitUntil: () => undefined }),
  store: createStore(env.DB),
  ...changes,
})

const get = async (context: Context) => readResponse(await handleWith(new Request(`${ORIGIN}/ready`), context))

const READY = { database: 'ok', revocations: 'ok', pictures: 'ok', objects: 'ok', sweep: 'ok', alarms: 'ok', messages: 'ok' }
const failing = () => Promise.reject(new Error('out of order, with a secret'))
const never = () => new Promise<never>(() => undefined)

const setRuns = (sweptAt: number, alarmsAt: number) =>
  env.DB.batch([
    env.DB.prepare("UPDATE cron_runs SET finished_at = ?1, oldest_due_at = NULL WHERE name = 'sweep'").bind(sweptAt),
    env.DB.prepare("UPDATE cron_runs SET finished_at = ?1, oldest_due_at = NULL WHERE name = 'alarms'").bind(alarmsAt),
  ])

beforeEach(async () => {
  await setRuns(Date.now(), Date.now())
})

describe('/ready', () => {
  test('is a 200 if every part works', async () => {
    const { status, json, headers } = await get(contextWith())
    expect([status, json]).toEqual([200, { status: 'ready', checks: READY }])
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  const broken = new Proxy(env.DB, {
    get: () => () => {
      throw new Error('out of order, with a secret')
    },
  })
  const context = contextWith()

  test.each<[part: string, changes: Partial<Context>, checks: object]>([
    ['the database', { store: createStore(broken) }, { database: 'failed', sweep: 'failed', alarms: 'failed', messages: 'failed' }],
    ['the list of revoked credentials', { revocations: { ...context.revocations, check: failing } }, { revocations: 'failed' }],
    ['the bucket', { media: { ...context.media, head: failing } }, { pictures: 'failed' }],
    ['the desk', { support: { ...context.support, desk: () => ({ ...context.support.desk(0), alarms: failing }) } }, { objects: 'failed' }],
  ])('is a 503 if %s does not work, and says nothing else about it', async (_part, changes, checks) => {
    const { status, json } = await get(contextWith(changes))
    expect([status, json]).toEqual([503, { status: 'not ready', checks: { ...READY, ...checks } }])
  })

  test('is a 503 while a cron does not run, and does not contain since when', async () => {
    await setRuns(Date.now() - 30 * 3_600_000, Date.now())
    const { status, json } = await get(contextWith())
    expect([status, json]).toEqual([503, { status: 'not ready', checks: { ...READY, sweep: 'late' } }])
  })

  test('does not wait for a part that does not respond', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const response = get(contextWith({ media: { ...context.media, head: never } }))
      await vi.advanceTimersByTimeAsync(3000)
      for (let tries = 0; tries < 200 && vi.getTimerCount() > 0; tries++) await vi.advanceTimersByTimeAsync(100)
      expect((await response).json).toEqual({ status: 'not ready', checks: { ...READY, pictures: 'failed' } })
    } finally {
      vi.useRealTimers()
    }
  })

  test('checks once in ten seconds, however many requests ask at the same time', async () => {
    const { database, counts } = countingDatabase(env.DB)
    const time = { now: Date.now() }
    const cached = contextWith({ store: createStore(database), now: () => time.now })
    const responses = await Promise.all(Array.from({ length: 20 }, () => get(cached)))
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(counts.roundTrips).toBe(1)
    time.now += 9_000
    await get(cached)
    expect(counts.roundTrips).toBe(1)
    time.now += 2_000
    await get(cached)
    expect(counts.roundTrips).toBe(2)
  })

  test('goes on if the request that checks is abandoned', async () => {
    const time = { now: Date.now() }
    const abandoned = contextWith({ now: () => time.now, media: { ...context.media, head: never } })
    // The abandoned request has no timer any more, so its check never ends.
    void readinessOf({ ...abandoned, media: { ...abandoned.media, head: never }, sleep: never })
    const next = readinessOf({
      ...abandoned,
      media: context.media,
      sleep: async (ms) => {
        time.now += ms
      },
    })
    expect(await next).toEqual(READY)
  })
})

describe('the cron of every five minutes', () => {
  const run = async (changes: Partial<Context> = {}) => {
    const lines: string[] = []
    const spies = [console, console].map((target, index) =>
      vi.spyOn(target, index === 0 ? 'log' : 'error').mockImplementation((line: unknown) => {
        lines.push(String(line))
      }),
    )
    const calls: string[] = []
    const heartbeat = async () => {
      calls.push('heartbeat')
      return true
    }
    try {
      await runOften(systemContext(contextWith({ heartbeat, ...changes })))
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    return { calls, lines }
  }

  test('notifies the monitor that the service is ready', async () => {
    const { calls, lines } = await run()
    expect(calls).toEqual(['heartbeat'])
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({ cron: 'readiness', ready: true, ...READY })
  })

  test('does not notify it if something does not work, and works without a monitor', async () => {
    expect((await run({ media: { ...contextWith().media, head: failing } })).calls).toEqual([])
    expect((await run({ heartbeat: null })).calls).toEqual([])
  })

  test('logs that the monitor did not confirm it', async () => {
    const { lines } = await run({ heartbeat: async () => false })
    expect(lines).toContain('{"fault":"the heartbeat was not confirmed"}')
  })

  test('is recorded with the oldest item that was due; a run that fails is not', async () => {
    const runOf = (name: string) => env.DB.prepare('SELECT finished_at, oldest_due_at FROM cron_runs WHERE name = ?1').bind(name).first()
    const { id } = await person()
    await setRuns(1, 1)
    const dueAt = Date.now() - 3_600_000
    await env.DB.prepare('INSERT OR IGNORE INTO open_alarms VALUES (?1, 0)').bind(id).run()
    const { alarms } = contextWith()
    const dispatcher = (rearm: () => Promise<number | null>) => ({ alarms: { dispatcher: () => ({ ...alarms.dispatcher(id), rearm }) } })
    await run(dispatcher(async () => dueAt))
    expect(await runOf('alarms')).toEqual({ finished_at: expect.any(Number), oldest_due_at: dueAt })
    expect((await get(contextWith())).json).toEqual({ status: 'not ready', checks: { ...READY, sweep: 'late', alarms: 'late' } })

    await setRuns(1, 1)
    await expect(run({ ...dispatcher(async () => dueAt), store: createStore(brokenAfter(env.DB)) })).rejects.toThrow()
    expect(await runOf('alarms')).toEqual({ finished_at: 1, oldest_due_at: null })
    await env.DB.prepare('DELETE FROM open_alarms').run()
  })
})

/** A database whose batches fail: the run cannot note which objects it has called. */
const brokenAfter = (database: D1Database): D1Database =>
  new Proxy(database, { get: (target, name) => (name === 'batch' ? failing : Reflect.get(target, name).bind(target)) })

test('the sweep records that it has run', async () => {
  await setRuns(1, 1)
  const spy = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await sweep(systemContext(contextWith())).finally(() => spy.mockRestore())
  const finished = await env.DB.prepare("SELECT finished_at FROM cron_runs WHERE name = 'sweep'").first<number>('finished_at')
  expect(finished).toBeGreaterThan(Date.now() - 60_000)
})
