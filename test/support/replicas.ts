import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'
import type { Env } from '../../src/env.ts'
import type { GateAnswer } from '../../src/model/read-gate.ts'
import { ORIGIN } from './call.ts'
import { handleWith } from './worker-context.ts'

/** What the Worker does to D1 and to the gates of accounts, with READ_REPLICAS. */
interface Recorded {
  /** Where each session of D1 has started. */
  readonly sessions: string[]
  /** `<account> <call>` */
  readonly gateCalls: string[]
}

interface Gate {
  open(): Promise<GateAnswer>
  leave(bookmark: string, epoch: string | null, isWrite: boolean): Promise<void>
  clear(): Promise<void>
}

interface Doubles {
  /** Of READ_REPLICAS. */
  readonly setting?: string
  /** Replaces a gate. */
  readonly gate?: (real: Gate, accountId: number) => Gate
  /** Called before a query of a session from a bookmark, as on a replica. */
  readonly onReplica?: () => Promise<void>
}

const recordingGate = (real: Gate, accountId: number, calls: string[]): Gate => {
  const recorded = <T>(name: string, call: () => Promise<T>): Promise<T> => {
    calls.push(`${accountId} ${name}`)
    return call()
  }
  return {
    open: () => recorded('open', async () => real.open()),
    leave: (...left) => recorded(left[2] ? 'leave write' : 'leave', async () => real.leave(...left)),
    clear: () => recorded('clear', async () => real.clear()),
  }
}

/** The Worker with READ_REPLICAS. The local database has no replicas, so a session from a bookmark stands for one. */
export const workerWithReplicas = ({ setting = 'true', gate = (real) => real, onReplica = async () => undefined }: Doubles = {}) => {
  const recorded: Recorded = { sessions: [], gateCalls: [] }
  const database = new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'withSession') return Reflect.get(target, name).bind(target)
      return (start: string) => {
        recorded.sessions.push(start)
        const session = target.withSession(start)
        if (start === 'first-primary') return session
        return new Proxy(session, {
          get: (own, member) =>
            member === 'batch'
              ? async (statements: D1PreparedStatement[]) => {
                  await onReplica()
                  return own.batch(statements)
                }
              : Reflect.get(own, member).bind(own),
        })
      }
    },
  })
  const gates = new Proxy(env.ACCOUNT_GATE, {
    get: (target, name) =>
      name === 'getByName'
        ? (id: string) => recordingGate(gate(target.getByName(id), Number(id)), Number(id), recorded.gateCalls)
        : Reflect.get(target, name),
  })
  const bindings: Env = { ...env, DB: database, ACCOUNT_GATE: gates, READ_REPLICAS: setting }
  const send = async (method: string, path: string, { as, json }: { readonly as?: string; readonly json?: unknown } = {}) => {
    const pending: Promise<unknown>[] = []
    const headers = { ...(as !== undefined && { Authorization: as }), ...(json !== undefined && { 'Content-Type': 'application/json' }) }
    const request = new Request(`${ORIGIN}${path}`, { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) })
    const response = await handleWith(request, createContext(bindings, { waitUntil: (work) => pending.push(work) }))
    const body: unknown = JSON.parse(await response.text())
    await Promise.all(pending)
    return { status: response.status, body }
  }
  return { recorded, send, bindings }
}
