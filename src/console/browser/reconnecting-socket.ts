import { afterClose } from './backoff.ts'
import { isRecord } from './wire.ts'

/** A socket that opens itself again. Whoever holds it errorResponse each time from where on: what was missed comes first. */

export type LineState = 'connecting' | 'open' | 'waiting' | 'closed'

interface Ends {
  /** Path and query of the socket, asked for at every attempt. */
  path(): string
  readonly token?: string | null
  onOpen(): void
  onFrame(frame: Readonly<Record<string, unknown>>): void
  onState(state: LineState): void
  /** It was closed for good, or can't be opened: is the caller still logged in? */
  onRefused(because: 'signed-out' | 'forbidden' | 'unknown'): void
}

const PING_EVERY_MS = 25_000
const ANSWER_WITHIN_MS = 10_000

export class Line {
  readonly #ends: Ends
  #socket: WebSocket | null = null
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #heart: ReturnType<typeof setTimeout> | undefined
  #ended = false

  constructor(ends: Ends) {
    this.#ends = ends
  }

  begin(): void {
    addEventListener('online', this.#hurry)
    document.addEventListener('visibilitychange', this.#hurry)
    this.#connect()
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** False where there is no line at the moment: whoever must not lose it keeps it until `onOpen`. */
  send(frame: object): boolean {
    if (!this.#socket || !this.isOpen) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  end(): void {
    this.#ended = true
    removeEventListener('online', this.#hurry)
    document.removeEventListener('visibilitychange', this.#hurry)
    clearTimeout(this.#timer)
    clearTimeout(this.#heart)
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
    this.#ends.onState('closed')
  }

  /** Somebody looks again, or the network is back: don't wait for the clock. */
  #hurry = (): void => {
    if (this.#ended || document.visibilityState === 'hidden') return
    if (this.isOpen) this.#ask() // a machine that slept may hold a line that is long dead
    if (this.#socket) return
    this.#attempt = 0
    this.#connect()
  }

  #connect(): void {
    clearTimeout(this.#timer)
    this.#ends.onState('connecting')
    const { token } = this.#ends
    const url = new URL(this.#ends.path(), location.href)
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url, token ? ['concord.v1', `concord.token.${token}`] : ['concord.v1'])
    this.#socket = socket
    let opened = false
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return
      opened = true
      this.#attempt = 0
      this.#ends.onState('open')
      this.#beat()
      this.#ends.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return
      this.#beat()
      const frame = typeof data === 'string' ? parse(data) : null
      if (isRecord(frame)) this.#ends.onFrame(frame)
    })
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#lost(code, opened)
    })
  }

  #lost(code: number, opened: boolean): void {
    this.#socket = null
    clearTimeout(this.#heart)
    if (this.#ended) return
    const after = afterClose(code, this.#attempt++, Math.random())
    if (!after.again) {
      this.#ends.onState('closed')
      this.#ends.onRefused(after.because)
      return
    }
    this.#ends.onState('waiting')
    this.#timer = setTimeout(() => this.#connect(), after.afterMs)
    // A browser doesn't tell why a handshake was refused.
    if (!opened) this.#ends.onRefused('unknown')
  }

  /** A dead network closes nothing: a line that doesn't answer a ping is taken for lost. */
  #beat(): void {
    clearTimeout(this.#heart)
    this.#heart = setTimeout(() => this.#ask(), PING_EVERY_MS)
  }

  #ask(): void {
    const socket = this.#socket
    if (!socket || !this.isOpen) return
    clearTimeout(this.#heart)
    socket.send('ping')
    this.#heart = setTimeout(() => {
      socket.close()
      // The other side can't hear it, so the close would take its time.
      this.#lost(1006, true)
    }, ANSWER_WITHIN_MS)
  }
}

const parse = (data: string): unknown => {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
