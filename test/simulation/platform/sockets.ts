import type { ObjectHost } from './object-host.ts'

/**
 * Both ends of a WebSocket. Frames arrive in order, or not at all: when the line breaks, what is under way is lost. The
 * attachment of the server's end survives hibernation; a crash or a move of the object closes the socket.
 * https://developers.cloudflare.com/durable-objects/best-practices/websockets/
 */

const OPEN = 1
const CLOSED = 3

export class ServerSocket {
  readyState = OPEN
  tags: readonly string[] = []
  /** Frames that wait until the handler of the one before has ended. */
  readonly inbox: string[] = []
  isBusy = false
  readonly line: Line
  #attachment = 'null'

  constructor(line: Line) {
    this.line = line
  }

  send(text: string): void {
    if (this.readyState !== OPEN) throw new TypeError("Can't call WebSocket send() after close().")
    this.line.host?.output(() => this.line.toClient(text))
  }

  close(): void {
    if (this.readyState !== OPEN) throw new TypeError('WebSocket already closed')
    this.readyState = CLOSED
    this.line.host?.removeSocket(this)
    this.line.host?.output(() => this.line.closeClient())
  }

  serializeAttachment(value: unknown): void {
    this.#attachment = JSON.stringify(value)
  }

  deserializeAttachment(): unknown {
    return JSON.parse(this.#attachment)
  }
}

interface ClientHandlers {
  readonly onFrame: (text: string) => void
  readonly onClose: () => void
}

/** The client's end, which the simulated people hold. What arrives before the client is ready waits for it. */
export class ClientSocket {
  isOpen = true
  readonly #line: Line
  #handlers: ClientHandlers | null = null
  readonly #waiting: string[] = []

  constructor(line: Line) {
    this.#line = line
  }

  get isAttached(): boolean {
    return this.#handlers !== null
  }

  attach(handlers: ClientHandlers): void {
    this.#handlers = handlers
    for (const text of this.#waiting.splice(0)) handlers.onFrame(text)
    if (!this.isOpen) handlers.onClose()
  }

  receive(text: string): void {
    if (this.#handlers) this.#handlers.onFrame(text)
    else this.#waiting.push(text)
  }

  end(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#handlers?.onClose()
  }

  send(text: string): void {
    if (this.isOpen) this.#line.toServer(text)
  }

  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#line.closeServer(1000)
  }

  /** The network fails. */
  break(): void {
    this.#line.break()
  }
}

/** The response of a handshake may be lost. Then the platform ends the unused connection. */
const UNUSED_MS = 60_000

export class Line {
  readonly client = new ClientSocket(this)
  readonly server = new ServerSocket(this)
  /** The object that has accepted the server's end. */
  host: ObjectHost | null = null
  #isBroken = false
  #lastToClient = 0
  #lastToServer = 0

  accept(host: ObjectHost): void {
    this.host = host
    host.platform.scheduler.plain(UNUSED_MS, () => {
      if (!this.client.isAttached) this.break()
    })
  }

  toClient(text: string): void {
    this.#lastToClient = this.#send(this.#lastToClient, () => {
      if (this.client.isOpen) this.client.receive(text)
    })
  }

  toServer(text: string): void {
    this.#lastToServer = this.#send(this.#lastToServer, () => this.host?.receiveFrame(this.server, text))
  }

  closeClient(): void {
    this.#lastToClient = this.#send(this.#lastToClient, () => this.client.end())
  }

  /** The close frame comes after all frames that were sent before. */
  closeServer(code: number): void {
    this.#lastToServer = this.#send(this.#lastToServer, () => this.host?.receiveClose(this.server, code))
  }

  /** Cuts the line. The client notices it soon. The object may believe for long that it is connected. */
  break(): void {
    const { host } = this
    if (this.#isBroken || !host) return
    this.#isBroken = true
    const { scheduler, faults } = host.platform
    scheduler.plain(faults.timeUntilLossIsNoticed(), () => host.receiveClose(this.server, 1006))
    scheduler.plain(faults.latency(), () => this.client.end())
  }

  /** The object has stopped: it has no sockets any more, and its next instance does not have them either. */
  dropFromServer(): void {
    this.#isBroken = true
    this.server.readyState = CLOSED
    this.host?.platform.scheduler.plain(this.host.platform.faults.latency(), () => this.client.end())
  }

  #send(last: number, arrive: () => void): number {
    if (!this.host) return last
    const { scheduler, faults } = this.host.platform
    // The second frame must not overtake the first.
    const at = Math.max(scheduler.now + faults.latency(), last)
    scheduler.plain(at - scheduler.now, () => {
      if (!this.#isBroken) arrive()
    })
    return at
  }
}

export const createSocketPair = (): { readonly client: ClientSocket; readonly server: ServerSocket } => new Line()
