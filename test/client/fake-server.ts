import { vi } from 'vitest'
import type { ChatSocket } from '#chat/platform.ts'

/** Replaces the server: a test decides what happens on each connection, and sees what the client sends. */

interface SocketEvent {
  readonly data?: unknown
  readonly code?: number
}

export class FakeSocket implements ChatSocket {
  readonly url: string
  readonly protocols: readonly string[]
  /** Pings are texts, everything else is JSON. */
  readonly sent: unknown[] = []
  readyState = 0
  readonly #listeners = new Map<string, ((event: SocketEvent) => void)[]>()

  constructor(url: string, protocols: readonly string[]) {
    this.url = url
    this.protocols = protocols
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  send(data: string): void {
    this.sent.push(data === 'ping' ? data : JSON.parse(data))
  }

  /** What the client calls. The server's close frame does not arrive: `drop` is the end of a connection. */
  close(): void {
    this.readyState = 2
  }

  open(): void {
    this.readyState = 1
    this.#emit('open', {})
  }

  /** A frame from the server. */
  receive(frame: object): void {
    this.#emit('message', { data: JSON.stringify(frame) })
  }

  pong(): void {
    this.#emit('message', { data: 'pong' })
  }

  drop(code = 1006): void {
    this.readyState = 3
    this.#emit('close', { code })
  }

  /** The frames that were sent, without pings. */
  get frames(): unknown[] {
    return this.sent.filter((data) => data !== 'ping')
  }

  #emit(type: string, event: SocketEvent): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event)
  }
}

export const createServer = () => {
  const sockets: FakeSocket[] = []
  class Socket extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      sockets.push(this)
    }
  }
  return {
    webSocket: Socket,
    sockets,
    /** The newest connection. */
    get last(): FakeSocket {
      const socket = sockets.at(-1)
      if (!socket) throw new Error('the client has not connected')
      return socket
    },
    /** Waits until the client has connected, and accepts the connection. */
    accept: async (): Promise<FakeSocket> => {
      await vi.advanceTimersByTimeAsync(0)
      const socket = sockets.at(-1)
      if (!socket) throw new Error('the client has not connected')
      socket.open()
      return socket
    },
  }
}

/** A storage in memory, as a program finds it after a reload. */
export const createStorage = (content: Record<string, string> = {}) => {
  const items = new Map(Object.entries(content))
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** The same, with promises, like React Native's AsyncStorage. */
export const createAsyncStorage = (content: Record<string, string> = {}) => {
  const storage = createStorage(content)
  return {
    items: storage.items,
    getItem: async (key: string) => storage.getItem(key),
    setItem: async (key: string, value: string) => storage.setItem(key, value),
    removeItem: async (key: string) => storage.removeItem(key),
  }
}

/** The page that runs the client: `document` and the events of the window. */
export const createPage = () => {
  const target = new EventTarget()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', target)
  return {
    window: (type: string) => target.dispatchEvent(new Event(type)),
    storageEvent: (key: string, newValue: string | null) => target.dispatchEvent(Object.assign(new Event('storage'), { key, newValue })),
    setVisible: (visibilityState: 'visible' | 'hidden') => {
      page.visibilityState = visibilityState
      page.dispatchEvent(new Event('visibilitychange'))
    },
  }
}
