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
/** Pings also tell the desk that somebody is here, so they must not stop while frames arrive all the time. */
const MAX_PING_GAP_MS = 30_000
const PONG_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
/** A connection that does not respond within this time is shown as lost, although it may only be slow. */
const STALL_AFTER_MS = 1_500

export class ReconnectingSocket {
  readonly #options: SocketOptions
  #socket: WebSocket | null = null
  #attempt = 0
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined
  #heartbeatTimer: ReturnType<typeof setTimeout> | undefined
  #stallTimer: ReturnType<typeof setTimeout> | undefined
  #isAwaitingPong = false
  #pingedAt = 0
  #state: ConnectionState | null = null
  #stopped = false

  constructor(options: SocketOptions) {
    this.#options = options
  }

  start(): void {
    addEventListener('online', this.#reconnectNow)
    addEventListener('offline', this.#onOffline)
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
    removeEventListener('offline', this.#onOffline)
    document.removeEventListener('visibilitychange', this.#reconnectNow)
    clearTimeout(this.#reconnectTimer)
    this.#clearTimers()
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
    this.#report('closed')
  }

  /** The owner gets no response elsewhere: find out whether the connection is dead, too. */
  check(): void {
    if (this.isOpen && !this.#isAwaitingPong) this.#ping()
  }

  /** The socket is kept: it may still work when the network is back a moment later. */
  #onOffline = (): void => this.#report('waiting')

  /** The page became visible, or the network is back: reconnect without waiting for the timer. */
  #reconnectNow = (): void => {
    if (this.#stopped || document.visibilityState === 'hidden') return
    this.check() // after the computer slept, the connection may look open but be dead
    if (this.#socket) return
    this.#attempt = 0
    this.#connect()
  }

  #connect(): void {
    clearTimeout(this.#reconnectTimer)
    // After a failure, the state stays 'waiting' until the connection is open.
    this.#report(this.#attempt === 0 ? 'connecting' : 'waiting')
    const { token } = this.#options
    const url = new URL(this.#options.path(), location.href)
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url, token ? ['concord.v1', `concord.token.${token}`] : ['concord.v1'])
    this.#socket = socket
    let opened = false
    this.#stallTimer = setTimeout(() => this.#report('waiting'), STALL_AFTER_MS)
    this.#heartbeatTimer = setTimeout(() => this.#abandon(socket, false), CONNECT_TIMEOUT_MS)
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return
      opened = true
      this.#attempt = 0
      this.#report('open')
      this.#pingedAt = Date.now()
      this.#schedulePing()
      this.#options.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return
      if (this.#state !== 'open') this.#report('open')
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
    this.#clearTimers()
    if (this.#stopped) return
    const next = afterClose(code, this.#attempt++, Math.random())
    if (!next.retry) {
      this.#report('closed')
      this.#options.onRejected(next.reason)
      return
    }
    this.#report('waiting')
    this.#reconnectTimer = setTimeout(() => this.#connect(), next.delayMs)
    // A browser does not tell a script why a WebSocket handshake was rejected.
    if (!opened) this.#options.onRejected('unknown')
  }

  /** A network failure does not close a socket. A connection that does not answer a ping is treated as closed. */
  #schedulePing(): void {
    this.#clearTimers()
    const untilLatest = this.#pingedAt + MAX_PING_GAP_MS - Date.now()
    const delay = Math.max(0, Math.min(this.#options.pingIntervalMs ?? PING_INTERVAL_MS, untilLatest))
    this.#heartbeatTimer = setTimeout(() => this.#ping(), delay)
  }

  #ping(): void {
    const socket = this.#socket
    if (!socket || !this.isOpen) return
    this.#clearTimers()
    this.#isAwaitingPong = true
    this.#pingedAt = Date.now()
    socket.send('ping')
    this.#stallTimer = setTimeout(() => this.#report('waiting'), STALL_AFTER_MS)
    this.#heartbeatTimer = setTimeout(() => this.#abandon(socket, true), PONG_TIMEOUT_MS)
  }

  /** The server cannot answer the close frame, so the `close` event would come only after the browser's own timeout. */
  #abandon(socket: WebSocket, opened: boolean): void {
    socket.close()
    this.#onClosed(1006, opened)
  }

  #report(state: ConnectionState): void {
    this.#state = state
    this.#options.onState(state)
  }

  #clearTimers(): void {
    this.#isAwaitingPong = false
    clearTimeout(this.#heartbeatTimer)
    clearTimeout(this.#stallTimer)
  }
}

const parseJson = (data: string): unknown => {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
