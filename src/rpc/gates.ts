import { AsyncLocalStorage } from 'node:async_hooks'
import type { Gates } from '../domain/gates.ts'
import type { Env } from '../env.ts'
import { type GateAnswer, GateUnreachable, type ReadPoint } from '../model/read-gate.ts'
import type { Settings } from '../model/settings.ts'
import { SECOND } from '../model/time.ts'
import { withTimeout } from '../model/timeout.ts'
import { objectsOf } from './objects.ts'
import { withRetries } from './with-retries.ts'

/** A gate that has not answered by then counts as one without a bookmark. */
const OPEN_PATIENCE_MS = 250
const LEAVE_PATIENCE_MS = 2 * SECOND
/** A replica that does not contain the bookmark by then is given up: the primary answers. */
const REPLICA_PATIENCE_MS = 400

interface RequestPoint extends ReadPoint {
  /** The account that reads, with its gate before the first read; null if the gate was not asked. */
  opened: (GateAnswer & { readonly accountId: number }) | null
  /** The accounts at whose gates the bookmark is left. */
  readonly concerned: Set<number>
  isUrgent: boolean
}

interface GatesOfRequests {
  readonly gates: Gates
  /** Of the request that sends a statement; undefined outside of a request. */
  readPoint(): ReadPoint | undefined
  /** Leaves what the request has read after its response was made. */
  leave(): Promise<void>
  /** Limits the time of a trip to a replica. */
  inTime<T>(trip: Promise<T>): Promise<T>
}

/**
 * Leaves what a request has seen at the gates. The statements of a request do not name it, and all requests of an isolate share the
 * database, so the request is found as its cost is (request-costs.ts).
 */
export const createGates = (env: Env, jurisdiction: Settings['jurisdiction']): GatesOfRequests => {
  const current = new AsyncLocalStorage<RequestPoint>()
  const { ACCOUNT_GATE } = objectsOf(env, jurisdiction)
  const gate = (accountId: number) => ACCOUNT_GATE.getByName(String(accountId))

  const leaveAt = (accountId: number, { seen, from, opened, hasWritten }: RequestPoint, bookmark: string): Promise<void> => {
    if (!hasWritten && opened?.accountId === accountId && opened.bookmark === seen) return Promise.resolve()
    // Only what the primary has answered after the gate was asked can complete it.
    const epoch = from === null && opened?.accountId === accountId ? opened.epoch : null
    return withTimeout(
      withRetries(async () => gate(accountId).leave(bookmark, epoch, hasWritten)),
      LEAVE_PATIENCE_MS,
    )
  }

  const leave = async (point: RequestPoint): Promise<void> => {
    const { seen } = point
    if (seen === null) return
    try {
      await Promise.all([...point.concerned].map((accountId) => leaveAt(accountId, point, seen)))
    } catch (error) {
      if (!point.isUrgent) throw new GateUnreachable('a gate could not be reached', { cause: error })
    }
  }

  const gates: Gates = {
    during: async (work) => {
      const point: RequestPoint = {
        from: null,
        seen: null,
        hasWritten: false,
        isAnswered: false,
        opened: null,
        concerned: new Set(),
        isUrgent: false,
      }
      const result = await current.run(point, work)
      point.isAnswered = true
      await leave(point)
      return result
    },
    open: async (accountId) => {
      const point = current.getStore()
      if (!point || point.opened || point.seen !== null) return
      const answer = await withTimeout<GateAnswer | null>((async () => gate(accountId).open())(), OPEN_PATIENCE_MS).catch(() => null)
      if (!answer) return
      point.opened = { ...answer, accountId }
      point.from = answer.bookmark
    },
    concern: (accountId) => void current.getStore()?.concerned.add(accountId),
    answerAnyway: () => {
      const point = current.getStore()
      if (point) point.isUrgent = true
    },
    clear: (accountId) => {
      current.getStore()?.concerned.delete(accountId)
      return withRetries(async () => gate(accountId).clear())
    },
  }
  return {
    gates,
    readPoint: () => current.getStore(),
    leave: async () => {
      const point = current.getStore()
      if (point) await leave(point)
    },
    inTime: (trip) => withTimeout(trip, REPLICA_PATIENCE_MS),
  }
}
