import { afterClose } from './backoff.ts'
import { isRecord } from './wire.ts'

/**
 * A WebSocket that reconnects by itself. At each attempt the owner gives the path again, with the last position that it has
 * received, so that the server first sends what was missed.
 */

export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

interface SocketOptions {
  /** Path and query of the socket. Called at every attempt. */
  path(): string
  readonly token?: string | null
  /** How long the socket may be silent before it is checked with a ping. */
  readonly pingIntervalMs?: number
  onOpen(): void
  onFrame(frame: Readonly<Record<string, unknown>>): void
  onState(state: ConnectionState): void
  /** The socket was closed for good, or could not be opened. For 'unknown' the owner should check whether it is still logged in. */
  onRejected(reason: 'unauthenticated' | 'forbidden' | 'unknown'): void
}

const PING_INTERVAL_MS = 25_000
const PONG_TIMEOUT_MS = 10_000

export class ReconnectingSocket {
  readonly #options: SocketOptions
  #socket: WebSocket | null = null
  #attempt = 0
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined
  #heartbeatTimer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(options: SocketOptions) {
    this.#options = options
  }

  start(): void {
    addEventListener('online', this.#reconnectNow)
    document.addEventListener('visibilitychange', this.#reconnectNow)
    this.#connect()
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Returns false if there is no connection. The caller then keeps what must not be lost, and sends it again in `onOpen`. */
  send(frame: object): boolean {
    if (!this.#socket || !this.isOpen) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  stop(): void {
    this.#stopped = true
    removeEventListener('online', this.#reconnectNow)
    document.removeEventListener('visibilitychange', this.#reconnectNow)
    clearTimeout(this.#reconnectTimer)
    clearTimeout(this.#heartbeatTimer)
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
    this.#options.onState('closed')
  }

  /** The page became visible, or the network is back: reconnect without waiting for the timer. */
  #reconnectNow = (): void => {
    if (this.#stopped || document.visibilityState === 'hidden') return
    if (this.isOpen) this.#ping() // after the computer slept, the connection may look open but be dead
    if (this.#socket) return
    this.#attempt = 0
    this.#connect()
  }

  #connect(): void {
    clearTimeout(this.#reconnectTimer)
    this.#options.onState('connecting')
    const { token } = this.#options
    const url = new URL(this.#options.path(), location.href)
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url, token ? ['concord.v1', `concord.token.${token}`] : ['concord.v1'])
    this.#socket = socket
    let opened = false
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return
      opened = true
      this.#attempt = 0
      this.#options.onState('open')
      this.#schedulePing()
      this.#options.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return
      this.#schedulePing()
      const frame = typeof data === 'string' ? parseJson(data) : null
      if (isRecord(frame)) this.#options.onFrame(frame)
    })
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#onClosed(code, opened)
    })
  }

  #onClosed(code: number, opened: boolean): void {
    this.#socket = null
    clearTimeout(this.#heartbeatTimer)
    if (this.#stopped) return
    const next = afterClose(code, this.#attempt++, Math.random())
    if (!next.retry) {
      this.#options.onState('closed')
      this.#options.onRejected(next.reason)
      return
    }
    this.#options.onState('waiting')
    this.#reconnectTimer = setTimeout(() => this.#connect(), next.delayMs)
    // A browser does not tell a script why a WebSocket handshake was rejected.
    if (!opened) this.#options.onRejected('unknown')
  }

  /** A network failure does not close a socket. A connection that does not answer a ping is treated as closed. */
  #schedulePing(): void {
    clearTimeout(this.#heartbeatTimer)
    this.#heartbeatTimer = setTimeout(() => this.#ping(), this.#options.pingIntervalMs ?? PING_INTERVAL_MS)
  }

  #ping(): void {
    const socket = this.#socket
    if (!socket || !this.isOpen) return
    clearTimeout(this.#heartbeatTimer)
    socket.send('ping')
    this.#heartbeatTimer = setTimeout(() => {
      socket.close()
      // The server cannot answer the close frame, so the `close` event would come only after the browser's own timeout.
      this.#onClosed(1006, true)
    }, PONG_TIMEOUT_MS)
  }
}

const parseJson = (data: string): unknown => {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
