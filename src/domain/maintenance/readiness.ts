import { type Backlog, type Check, type CheckResult, lateness, type Readiness } from '../../model/readiness.ts'
import { SECOND } from '../../model/time.ts'
import { withTimeout } from '../../model/timeout.ts'
import { findBacklog } from '../../store/cron-runs.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'

/** A check that takes longer counts as failed. */
const TIMEOUT_MS = 3 * SECOND
/** How long a result is used: however many requests ask, each isolate checks once in this time. */
const CACHE_MS = 10 * SECOND
const POLL_MS = 50

const succeeds = async (work: () => Promise<unknown>): Promise<CheckResult> => {
  try {
    await withTimeout(work(), TIMEOUT_MS)
    return 'ok'
  } catch {
    return 'failed'
  }
}

const findBacklogInTime = async (context: Context): Promise<Backlog | null> => {
  try {
    return await withTimeout(findBacklog(context.store), TIMEOUT_MS)
  } catch {
    return null
  }
}

/** Uses each of the platform's services once: it reads, and writes nothing. */
export const checkReadiness = async (context: Context): Promise<Readiness> => {
  const { media, revocations, support } = context
  const [backlog, revocationsResult, pictures, objects] = await Promise.all([
    findBacklogInTime(context),
    succeeds(() => revocations.check()),
    succeeds(() => media.head('ready')),
    // The desk itself: without it, staff see no alarm.
    succeeds(() => support.desk(0).alarms(1)),
  ])
  const failed = { sweep: 'failed', alarms: 'failed', messages: 'failed' } as const
  const checks: Readonly<Record<Exclude<Check, keyof typeof failed>, CheckResult>> = {
    database: backlog ? 'ok' : 'failed',
    revocations: revocationsResult,
    pictures,
    objects,
  }
  return { ...checks, ...(backlog ? lateness(backlog, context.now()) : failed) }
}

/** The last result of an isolate, or since when it is being checked. */
interface CachedReadiness {
  readonly at: number
  readonly result: Readiness | null
}

const caches = new WeakMap<Store, CachedReadiness>()

/**
 * The readiness, at most ten seconds old. Requests that come during a check wait for its result by polling: the promise of another
 * request would never be resolved if that request is abandoned. Then the check's time runs out, and the next request checks.
 */
export const readinessOf = async (context: Context): Promise<Readiness> => {
  const { store, now, sleep } = context
  for (;;) {
    const cached = caches.get(store)
    const age = cached ? now() - cached.at : CACHE_MS
    if (cached?.result && age < CACHE_MS) return cached.result
    if (!cached || cached.result || age >= TIMEOUT_MS + SECOND) break
    await sleep(POLL_MS)
  }
  caches.set(store, { at: now(), result: null })
  const result = await checkReadiness(context)
  caches.set(store, { at: now(), result })
  return result
}
