import { afterClose, RATE_LIMITED } from './backoff.ts'
import { type ChatSocket, type ChatSocketConstructor, globalOf } from './platform.ts'
import { asText, type Fields, fieldsOf, isRecord, parseJson } from './values.ts'

/**
 * A WebSocket that reconnects by itself. At each attempt the owner gives the address again, with the last position that it has
 * received, so that the server first sends what was missed.
 */

/** `waiting` is also the state of a connection that looks open and does not respond. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

/** The options that a room and the desk have in common. */
export interface ConnectionOptions {
  /** The address of the socket, with its origin: `wss://concord.example/ws/chat/2/`. `https:` counts as `wss:`. */
  readonly url: string
  /** Of any contract. Without one, a page of Concord's own origin sends its session cookie. */
  readonly token?: string | null | undefined
  /** Instead of the global `WebSocket`. */
  readonly webSocket?: ChatSocketConstructor | undefined
  onState?(state: ConnectionState): void
  /** A new connection is open. */
  onOpen?(): void
  /** The credential does not count any more. The client does not reconnect by itself: log in again, and call `setToken`. */
  onLoggedOut?(): void
  /** The account may not be here, or there is no such room. The client does not reconnect. The reason is the server's text, if it gave one. */
  onForbidden?(reason: string): void
}

/** What a room and the desk have in common. */
export interface Connection {
  readonly state: ConnectionState
  /** After a new log-in: connects with this token. */
  setToken(token: string | null): void
  /** Checks the connection now, and does not wait for the next attempt: when an app comes to the foreground, or the network is back. A page does this by itself. */
  reconnect(): void
  /** Ends the connection for good. What was not sent stays in the storage. */
  close(): void
}

const OPEN = 1
const PING_INTERVAL_MS = 25_000
/** Pings also show the desk that the client is still there, so they must not stop while frames arrive all the time. */
const MAX_PING_GAP_MS = 30_000
const PONG_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
/** A connection that does not respond within this time is shown as lost, although it may only be slow. */
const STALL_AFTER_MS = 1_500

interface SocketOptions extends ConnectionOptions {
  /** How long the socket may be silent before it is checked with a ping. */
  readonly pingIntervalMs?: number
  /** What to resume from. Null: nothing old is sent. */
  position(): number | null
  onFrame(frame: Fields): void
}

export class ReconnectingSocket implements Connection {
  readonly #options: SocketOptions
  readonly #WebSocket: ChatSocketConstructor
  #token: string | null
  #socket: ChatSocket | null = null
  #attempt = 0
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined
  #heartbeatTimer: ReturnType<typeof setTimeout> | undefined
  #stallTimer: ReturnType<typeof setTimeout> | undefined
  #isAwaitingPong = false
  #pingedAt = 0
  #state: ConnectionState = 'connecting'
  /** Nothing but `setToken` connects again. */
  #stopped = false
  /** The server has closed a flood: an earlier attempt would be one more. */
  #mustWait = false

  constructor(options: SocketOptions) {
    this.#options = options
    this.#token = options.token ?? null
    const Socket = options.webSocket ?? globalOf('WebSocket')
    if (!Socket) throw new TypeError('There is no global WebSocket: pass one.')
    this.#WebSocket = Socket
    // After the constructor, so that the owner is complete when it is called back.
    queueMicrotask(() => {
      if (this.#stopped) return
      this.#watchPage(true)
      this.#connect()
    })
  }

  get state(): ConnectionState {
    return this.#state
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === OPEN
  }

  /** Returns false if there is no connection. The caller then keeps what must not be lost, and sends it again in `onOpen`. */
  send(frame: object): boolean {
    if (!this.#socket || !this.isOpen) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  setToken(token: string | null): void {
    this.close()
    this.#token = token
    this.#stopped = false
    this.#attempt = 0
    this.#watchPage(true)
    this.#connect()
  }

  close(): void {
    this.#stopped = true
    this.#watchPage(false)
    clearTimeout(this.#reconnectTimer)
    this.#clearTimers()
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
    this.#report('closed')
  }

  reconnect(): void {
    if (this.#stopped || this.#mustWait) return
    // After the device slept, the connection may look open but be dead.
    if (this.isOpen && !this.#isAwaitingPong) this.#ping()
    if (this.#socket) return
    this.#attempt = 0
    this.#connect()
  }

  #watchPage(isWatched: boolean): void {
    const page = globalOf('document')
    const window = page && globalOf('window')
    const change = isWatched ? 'addEventListener' : 'removeEventListener'
    window?.[change]('online', this.#onPageChange)
    window?.[change]('offline', this.#onOffline)
    page?.[change]('visibilitychange', this.#onPageChange)
  }

  /** The socket is kept: it may still work when the network is back a moment later. */
  #onOffline = (): void => this.#report('waiting')

  #onPageChange = (): void => {
    if (globalOf('document')?.visibilityState !== 'hidden') this.reconnect()
  }

  #address(): string {
    const { url } = this.#options
    const position = this.#options.position()
    return position === null ? url : `${url}${url.includes('?') ? '&' : '?'}since=${position}`
  }

  #connect(): void {
    clearTimeout(this.#reconnectTimer)
    this.#mustWait = false
    // After a failure, the state stays 'waiting' until the connection is open.
    this.#report(this.#attempt === 0 ? 'connecting' : 'waiting')
    // Not in the address: proxies write addresses to their logs.
    const credential = this.#token ? [`concord.token.${this.#token}`] : []
    const socket = new this.#WebSocket(this.#address().replace(/^http/, 'ws'), ['concord.v1', ...credential])
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
      this.#options.onOpen?.()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return
      if (this.#state !== 'open') this.#report('open')
      this.#schedulePing()
      const frame = typeof data === 'string' ? parseJson(data) : null
      if (isRecord(frame)) this.#options.onFrame(frame)
    })
    socket.addEventListener('close', ({ code = 1006 }) => {
      if (socket === this.#socket) this.#onClosed(code, opened)
    })
    // Node ends a program whose socket emits an error without a listener. The `close` event follows.
    socket.addEventListener('error', () => undefined)
  }

  #onClosed(code: number, opened: boolean): void {
    this.#socket = null
    this.#clearTimers()
    const next = afterClose(code, this.#attempt++, Math.random())
    if (!next.retry) {
      this.#end(next.reason)
      return
    }
    this.#mustWait = code === RATE_LIMITED
    this.#report('waiting')
    this.#reconnectTimer = setTimeout(() => this.#connect(), next.delayMs)
    if (!opened) void this.#findRejectionReason()
  }

  #end(reason: 'unauthenticated' | 'forbidden', text = ''): void {
    this.close()
    if (reason === 'forbidden') this.#options.onForbidden?.(text)
    else this.#options.onLoggedOut?.()
  }

  /**
   * A browser does not show a script why a handshake was rejected. An ordinary request to the same address is rejected for the
   * same reason, and shows it.
   */
  async #findRejectionReason(): Promise<void> {
    const token = this.#token
    const response = await fetch(this.#options.url.replace(/^ws/, 'http'), {
      ...(token && { headers: { Authorization: `Token ${token}` } }),
      signal: AbortSignal.timeout?.(CONNECT_TIMEOUT_MS),
    }).catch(() => null)
    const { error, detail } = fieldsOf(parseJson((await response?.text().catch(() => null)) ?? null))
    if (!response || this.#stopped || this.isOpen || token !== this.#token) return
    if (response.status === 401) this.#end('unauthenticated')
    else if (response.status === 403 || response.status === 404) this.#end('forbidden', asText(error) || asText(detail))
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

  /** The server cannot answer the close frame, so the `close` event would come only after the platform's own timeout. */
  #abandon(socket: ChatSocket, opened: boolean): void {
    socket.close()
    this.#onClosed(1006, opened)
  }

  #report(state: ConnectionState): void {
    this.#state = state
    this.#options.onState?.(state)
  }

  #clearTimers(): void {
    this.#isAwaitingPong = false
    clearTimeout(this.#heartbeatTimer)
    clearTimeout(this.#stallTimer)
  }
}
