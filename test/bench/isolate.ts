import { join } from 'node:path'
import { listeningPorts } from './processes.ts'

/** Reads through workerd's inspector what one isolate uses. The process has others: those of the local D1, KV and R2. */

export interface Isolate {
  heap(): Promise<Heap>
  /** Frees all garbage. An idle isolate does not answer, so it must receive requests meanwhile. */
  collectGarbage(): Promise<void>
  /** Any method of the protocol of V8's inspector. */
  call(method: string, parameters?: object): Promise<Readonly<Record<string, unknown>>>
  close(): void
}

/** In bytes, with the garbage that has not been freed yet. */
interface Heap {
  readonly objects: number
  /** The contents of array buffers, such as bodies. They are outside of V8's heap. */
  readonly buffers: number
}

/** Miniflare has an inspector, but the harness of wrangler cannot switch it on. So workerd is started through a script that does. */
export const withInspector = async <T>(start: () => Promise<T>): Promise<T> => {
  process.env.CONCORD_WORKERD = join(import.meta.dirname, '../../node_modules/workerd/bin/workerd')
  process.env.MINIFLARE_WORKERD_PATH = join(import.meta.dirname, 'workerd-with-inspector.sh')
  try {
    return await start()
  } finally {
    delete process.env.MINIFLARE_WORKERD_PATH
  }
}

/** The isolate of a Worker in the workerd with this process id. */
export const isolateOf = async (pid: number, worker: string): Promise<Isolate> => {
  for (const port of listeningPorts(pid)) {
    const url = (await targetsAt(port)).find((target) => target.endsWith(`/core:user:${worker}`))
    if (url !== undefined) return connect(url)
  }
  throw new Error(`no inspector of workerd lists ${worker}`)
}

/** The sockets of the isolates, if an inspector listens on this port. */
const targetsAt = async (port: number): Promise<string[]> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/json`, { signal: AbortSignal.timeout(2000) })
    const targets: unknown = await response.json()
    return Array.isArray(targets) ? targets.map((target) => String(Object(target).webSocketDebuggerUrl)) : []
  } catch {
    return [] // another server
  }
}

const connect = async (url: string): Promise<Isolate> => {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)))
  })
  const pending = new Map<number, (result: Readonly<Record<string, unknown>>) => void>()
  let lastId = 0
  socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
    const { id, result, error } = Object(JSON.parse(String(data)))
    pending.get(id)?.(result ?? { error })
    pending.delete(id)
  })
  const call: Isolate['call'] = (method, params = {}) =>
    new Promise((resolve) => {
      pending.set(++lastId, resolve)
      socket.send(JSON.stringify({ id: lastId, method, params }))
    })
  await call('HeapProfiler.enable')
  return {
    call,
    heap: async () => {
      const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage')
      return { objects: Number(usedSize), buffers: Number(backingStorageSize) }
    },
    collectGarbage: async () => {
      await call('HeapProfiler.collectGarbage')
    },
    close: () => socket.close(),
  }
}
