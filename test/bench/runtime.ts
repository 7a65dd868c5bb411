import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createTestHarness, type TestHarness, type TestHarnessOptions } from 'wrangler'

/** Where a side is asked. `worker` names it where several share one runtime. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly worker: string | null
}

/** Who answers, and what that costs its process. */
export interface Served {
  readonly target: Target
  /** Milliseconds that the process has computed so far. NaN where the system does not tell. */
  cpuMs(): number
}

export interface Runtime {
  served(worker: string): Served
  /** The D1 database that a Worker knows as `DB`. */
  database(worker: string): Promise<D1Database>
  migrate(worker: string, binding: string): Promise<void>
  close(): Promise<void>
}

// The harness else follows every request for its trace viewer, at some 200 µs for each turn of a Worker that logs: a
// developer's tool, and no part of any side.
process.env.X_LOCAL_OBSERVABILITY = 'false'
// Nothing is asked of anybody's server, and what is printed are the figures alone.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
process.env.WRANGLER_LOG = 'error'
process.env.WRANGLER_SEND_METRICS = 'false'

/** Without this header's Worker the runtime would ask the first one. */
export const ROUTE_HEADER = 'MF-Route-Override'

/**
 * Serves Workers side by side in one workerd. The harness hands out the address of a proxy in a process of its own, which
 * would take its share of two cores and of every millisecond: the runtime behind it is asked directly, at the address to
 * which the harness itself connects.
 */
export const serve = async (options: TestHarnessOptions): Promise<Runtime> => {
  const before = new Set(childrenNamed('workerd'))
  const harness = createTestHarness(options)
  const { url } = await harness.listen()
  const first = nameOf(options)
  const port = await portBehind(harness, first, url.port)
  const pid = childrenNamed('workerd').find((child) => !before.has(child) && listens(child, port))
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
  const note = (message: unknown) => ports.add(Object(Object(message).connectParams).port)
  subscribe('undici:client:connected', note)
  await harness.getWorker(worker).fetch('http://bench.local/')
  unsubscribe('undici:client:connected', note)
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
    return [] // no /proc: no figures of processors
  }
}

const parentAndName = (pid: number): string => {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return `${rest} ${name}`
  } catch {
    return '' // it has ended meanwhile
  }
}

/** Whether a process listens on a port: its sockets are links to inodes, and the table of sockets errorResponse which port each has. */
const listens = (pid: number, port: number): boolean => {
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

/** What all threads of a process have run, in nanoseconds of the scheduler: finer than the ticks of `stat`. */
export const cpuOf = (pid: number): number => {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // A thread that has ended meanwhile.
    }
  }
  return nanoseconds / 1e6
}
