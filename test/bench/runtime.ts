import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { TestHarness, TestHarnessOptions } from 'wrangler'
import { createTestHarness } from '../../src/cli/wrangler-api.ts'
import { type Isolate, isolateOf, withInspector } from './isolate.ts'
import { childrenNamed, cpuOf, listeningPorts, residentBytes } from './processes.ts'

/** The address of a server. `worker` is its name if several Workers share one runtime. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly worker: string | null
}

/** A running server, and the CPU time of its process. */
export interface Served {
  readonly target: Target
  /** CPU milliseconds of the process so far. NaN if the system does not provide it. */
  cpuMs(): number
  /** Memory of the process, in bytes. */
  residentBytes(): number
}

export interface Runtime {
  served(worker: string): Served
  /** The D1 database that a Worker has as its binding `DB`. */
  database(worker: string): Promise<D1Database>
  migrate(worker: string, binding: string): Promise<void>
  /** The isolate of a Worker; only if the runtime was started with an inspector. */
  isolate(worker: string): Promise<Isolate>
  close(): Promise<void>
}

// By default the harness traces every request for its trace viewer. That costs about 200 µs each time a Worker logs. It is a
// developer's tool and not part of any server that is measured.
process.env.X_LOCAL_OBSERVABILITY = 'false'
// No network requests by the tools, and no output except the results.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
process.env.WRANGLER_LOG ??= 'error'
process.env.WRANGLER_SEND_METRICS = 'false'

/** The header that selects a Worker. Without it the runtime uses the first one. */
export const ROUTE_HEADER = 'MF-Route-Override'

/**
 * Runs several Workers in one workerd. The harness returns the address of a proxy in a separate process. The proxy would use
 * CPU time and add latency. So requests go directly to the runtime, at the address to which the harness itself connects.
 */
export const serve = async (options: TestHarnessOptions, { inspector = false } = {}): Promise<Runtime> => {
  const existing = new Set(childrenNamed('workerd'))
  const harness = createTestHarness(options)
  const { url } = await (inspector ? withInspector(() => harness.listen()) : harness.listen())
  const first = nameOf(options)
  const port = await portBehind(harness, first, url.port)
  const pid = childrenNamed('workerd').find((child) => !existing.has(child) && listeningPorts(child).includes(port)) ?? null
  return {
    served: (worker) => ({
      target: { host: '127.0.0.1', port, worker },
      cpuMs: () => (pid === null ? Number.NaN : cpuOf(pid)),
      residentBytes: () => (pid === null ? Number.NaN : residentBytes(pid)),
    }),
    isolate: (worker) => (pid === null ? Promise.reject(new Error('the system does not show the processes')) : isolateOf(pid, worker)),
    database: async (worker) => (await harness.getWorker<{ DB: D1Database }>(worker).getEnv()).DB,
    migrate: (worker, binding) => harness.getWorker(worker).applyD1Migrations(binding),
    close: () => harness.close(),
  }
}

const nameOf = ({ workers: [first] }: TestHarnessOptions): string => {
  const name = first && 'config' in first ? first.config.name : undefined
  if (!name) throw new Error('the first Worker needs a name')
  return name
}

const portBehind = async (harness: TestHarness, worker: string, proxy: string): Promise<number> => {
  const ports = new Set<string>()
  const onConnected = (message: unknown) => ports.add(Object(Object(message).connectParams).port)
  subscribe('undici:client:connected', onConnected)
  await harness.getWorker(worker).fetch('http://bench.local/')
  unsubscribe('undici:client:connected', onConnected)
  const port = [...ports].find((candidate) => candidate && candidate !== proxy)
  if (!port) throw new Error('the harness did not connect to the runtime')
  return Number(port)
}
