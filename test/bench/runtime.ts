import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createTestHarness, type TestHarness, type TestHarnessOptions } from 'wrangler'

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
}

export interface Runtime {
  served(worker: string): Served
  /** The D1 database that a Worker has as its binding `DB`. */
  database(worker: string): Promise<D1Database>
  migrate(worker: string, binding: string): Promise<void>
  close(): Promise<void>
}

// By default the harness traces every request for its trace viewer. That costs about 200 µs each time a Worker logs. It is a
// developer's tool and not part of any server that is measured.
process.env.X_LOCAL_OBSERVABILITY = 'false'
// No network requests by the tools, and no output except the results.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
process.env.WRANGLER_LOG = 'error'
process.env.WRANGLER_SEND_METRICS = 'false'

/** The header that selects a Worker. Without it the runtime uses the first one. */
export const ROUTE_HEADER = 'MF-Route-Override'

/**
 * Runs several Workers in one workerd. The harness returns the address of a proxy in a separate process. The proxy would use
 * CPU time and add latency. So requests go directly to the runtime, at the address to which the harness itself connects.
 */
export const serve = async (options: TestHarnessOptions): Promise<Runtime> => {
  const existing = new Set(childrenNamed('workerd'))
  const harness = createTestHarness(options)
  const { url } = await harness.listen()
  const first = nameOf(options)
  const port = await portBehind(harness, first, url.port)
  const pid = childrenNamed('workerd').find((child) => !existing.has(child) && isListening(child, port))
  return {
    served: (worker) => ({ target: { host: '127.0.0.1', port, worker }, cpuMs: () => (pid === undefined ? Number.NaN : cpuOf(pid)) }),
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

const childrenNamed = (name: string): number[] => {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && parentAndName(pid) === `${process.pid} ${name}`)
  } catch {
    return [] // without /proc there are no CPU figures
  }
}

const parentAndName = (pid: number): string => {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return `${rest} ${name}`
  } catch {
    return '' // the process has ended in the meantime
  }
}

/** Whether a process listens on a port: its file descriptors link to socket inodes, and /proc/<pid>/net/tcp lists the port of each. */
const isListening = (pid: number, port: number): boolean => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(`:${hex}`) && state === '0A')
    .map(([, , , , , , , , , inode]) => `socket:[${inode}]`)
  return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.includes(linkOf(`/proc/${pid}/fd/${fd}`)))
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** CPU milliseconds of all threads of a process, from the scheduler's nanoseconds: more precise than the ticks in `stat`. */
export const cpuOf = (pid: number): number => {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread has ended in the meantime.
    }
  }
  return nanoseconds / 1e6
}
