import { createHash, createHmac } from 'node:crypto'
import type { Random } from './random.ts'
import type { Scheduler, Task } from './scheduler.ts'
import { createSocketPair } from './sockets.ts'

/**
 * What the code under test reads from the runtime besides its bindings: time, timers, random numbers, hashes, and the classes of
 * the platform that Node does not have. All of it comes from the world, so nothing depends on the machine.
 */

interface World {
  readonly scheduler: Scheduler
  readonly random: Random
  /** Ids come from numbers of their own: an isolate draws some only once, and the worlds of one process share the isolate. */
  readonly ids: Random
  fetch(url: string, init: RequestInit): Promise<ProviderResponse>
}

/** The parts of a response that providers/http.ts reads. A real one reads its body in turns of Node's own event loop. */
export interface ProviderResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

let world: World | null = null

const present = (): World => {
  if (!world) throw new Error('code under test ran outside of a simulated world')
  return world
}

const bytesOf = (data: BufferSource): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)

/** Web Crypto works in other threads, so its results would arrive at a random time. */
const subtle = {
  digest: async (_algorithm: string, data: BufferSource) => Uint8Array.from(createHash('sha256').update(bytesOf(data)).digest()).buffer,
  importKey: async (_format: string, key: BufferSource) => bytesOf(key),
  sign: async (_algorithm: string, key: Uint8Array, data: BufferSource) =>
    Uint8Array.from(createHmac('sha256', key).update(bytesOf(data)).digest()).buffer,
}

const randomUUID = (): string => {
  const { ids } = present()
  return Array.from({ length: 8 }, () => ids.integer(0, 0xffff).toString(16).padStart(4, '0')).join('')
}

const getRandomValues = <T extends Uint8Array | Uint16Array>(array: T): T => {
  const { ids } = present()
  for (let index = 0; index < array.length; index++) array[index] = ids.integer(0, 0xffff)
  return array
}

/** A response that opens a WebSocket: Node's own class allows no status 101. */
class SocketResponse extends Response {
  override readonly webSocket: WebSocket | null
  readonly #status: number

  constructor(body: BodyInit | null = null, init: ResponseInit = {}) {
    super(body, { ...init, status: init.status === 101 ? 200 : (init.status ?? 200) })
    this.#status = init.status ?? 200
    this.webSocket = init.webSocket ?? null
  }

  override get status(): number {
    // Node's constructor reads it before the field exists.
    return #status in this ? this.#status : super.status
  }
}

const timeoutSignal = (ms: number): AbortSignal => {
  const controller = new AbortController()
  const { scheduler } = present()
  scheduler.after(ms, () => controller.abort(), { owner: scheduler.current })
  return controller.signal
}

/** `this` of a pair is an array-like object, as on the platform: `const { 0: client, 1: server } = new WebSocketPair()`. */
class WebSocketPair {
  readonly 0: object
  readonly 1: object

  constructor() {
    const { client, server } = createSocketPair()
    this[0] = client
    this[1] = server
  }
}

class WebSocketRequestResponsePair {
  readonly request: string
  readonly response: string
  constructor(request: string, response: string) {
    this.request = request
    this.response = response
  }
}

const replacements: Readonly<Record<string, unknown>> = {
  setTimeout: (run: () => void, ms = 0): Task => {
    const { scheduler, random } = present()
    // Timers are late, so that events come between two timers of the same time.
    return scheduler.after(ms + random.next(), run, { owner: scheduler.current })
  },
  clearTimeout: (task: Task | undefined): void => {
    if (task) present().scheduler.cancel(task)
  },
  fetch: (url: string, init: RequestInit) => present().fetch(url, init),
  crypto: { subtle, getRandomValues, randomUUID },
  Response: SocketResponse,
  WebSocketPair,
  WebSocketRequestResponsePair,
}

/** Replaces the globals for the rest of the process. What the code under test prints is dropped. */
export const replaceGlobals = (): void => {
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  Date.now = () => present().scheduler.wallClock()
  Math.random = () => present().random.next()
  AbortSignal.timeout = timeoutSignal
  for (const name of ['log', 'warn', 'error'] as const) console[name] = () => undefined
}

export const enterWorld = (next: World): void => {
  world = next
}
