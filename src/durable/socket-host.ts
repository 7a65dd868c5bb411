import { SLOW_DOWN } from '../dialects/recovery/frames.ts'
import { consumeToken, type RateLimit, type RateLimitResult, type TokenBucket } from '../model/room-machine.ts'
import { type AccessLoss, type Connection, type ConnectionState, isExpired, PROTOCOL } from '../model/support.ts'
import { withTimeout } from '../model/timeout.ts'

/** What a room and a desk share: their WebSockets, the access rights and rate limit of each connection, and the micro-batches. */

/** Close code and reason for each case in which the server closes a socket. */
const CLOSE = {
  revoked: { code: 4401, text: 'credential revoked or expired' },
  forbidden: { code: 4403, text: 'access no longer allowed' },
  flood: { code: 4429, text: 'too many messages' },
}

/**
 * When a credential is revoked, the object is notified at once. For revocations that it was not notified of, it checks the
 * access rights before it handles frames, but at most once in this time: as often as the desk checks all rooms.
 */
const ACCESS_CACHE_MS = 5000
/** Frames do not wait longer than this for the access check. */
const ACCESS_TIMEOUT_MS = 1500
/** How many missed items are read at once. Other requests can run between two reads. */
const CATCH_UP_BATCH_SIZE = 200

interface OpenConnection {
  readonly socket: WebSocket
  readonly connection: ConnectionState
}

export interface AccessCheck {
  readonly now: () => number
  /** One query, in the order given; null for each connection that may stay open. */
  readonly findAccessLoss: (connections: readonly ConnectionState[]) => Promise<(AccessLoss | null)[]>
}

interface SocketHostOptions {
  /** Names the object in log lines. */
  readonly name: string
  readonly limits: RateLimit
  /** The object's current dependencies: tests replace them. */
  readonly dependencies: () => AccessCheck
  /** Called after a connection was closed, by either side. */
  readonly onClosed?: (connection: ConnectionState) => void
}

/** The state of a connection is attached to its socket, because the object loses its memory when it hibernates. */
export class SocketHost {
  readonly #state: DurableObjectState
  readonly #options: SocketHostOptions
  /**
   * The rate limit of each account. The key is the account and not the socket, so that more sockets do not allow more
   * messages. Memory is enough: an object hibernates after ten seconds without traffic at the earliest, and a bucket of the
   * default size is almost full again by then.
   */
  readonly #buckets = new Map<number, TokenBucket>()
  /**
   * The sockets that are catching up, and the last id that each has got. They get no broadcasts meanwhile. Memory is enough:
   * an object does not hibernate while this work is in progress.
   */
  readonly #catchingUp = new Map<WebSocket, number>()
  /**
   * Cache of the open connections for broadcasts, so that the attachments are not read again for each message. It is cleared
   * whenever a connection opens, closes or changes. Access checks do not use it: they read the attachments.
   */
  #audience: readonly OpenConnection[] | null = null
  #accessCheckedAt = 0

  constructor(state: DurableObjectState, options: SocketHostOptions) {
    this.#state = state
    this.#options = options
    // The platform answers a ping without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  accept(connection: Connection): { readonly response: Response; readonly socket: WebSocket } {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server, [connection.staff ? 'staff' : 'person'])
    const { since: _since, ...stored } = connection
    this.#write(server, { ...stored, getsV1Frames: connection.supportsV1 })
    const headers = connection.supportsV1 ? { 'Sec-WebSocket-Protocol': PROTOCOL } : undefined
    return { response: new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) }), socket: server }
  }

  /** Null if the connection was closed already, by either side. */
  get(socket: WebSocket): ConnectionState | null {
    return socket.deserializeAttachment()
  }

  list(tag?: 'staff' | 'person'): OpenConnection[] {
    return this.#state.getWebSockets(tag).flatMap((socket) => {
      const connection = this.get(socket)
      return connection ? [{ socket, connection }] : []
    })
  }

  /** From here on the client gets the frames that only new clients support. */
  enableV1Frames(socket: WebSocket, connection: ConnectionState): void {
    if (!connection.getsV1Frames) this.#write(socket, { ...connection, getsV1Frames: true })
  }

  #write(socket: WebSocket, connection: ConnectionState | null): void {
    socket.serializeAttachment(connection)
    this.#audience = null
  }

  /** The connection of a frame that may be handled. Null if it was closed, has expired, or sends too much; then that is answered. */
  admit(socket: WebSocket): ConnectionState | null {
    const connection = this.get(socket)
    if (!connection) return null
    const result = isExpired(connection, this.#options.dependencies().now()) ? 'revoked' : this.consumeToken(connection.id)
    if (result === 'allowed') return connection
    if (result === 'slow-down') this.send(socket, SLOW_DOWN)
    else this.close(socket, result)
    return null
  }

  consumeToken(accountId: number): RateLimitResult {
    const { limits, dependencies } = this.#options
    const { bucket, result } = consumeToken(this.#buckets.get(accountId) ?? null, limits, dependencies().now())
    this.#buckets.set(accountId, bucket)
    return result
  }

  async recheckIfDue(): Promise<void> {
    if (this.#options.dependencies().now() - this.#accessCheckedAt >= ACCESS_CACHE_MS) await this.recheck()
  }

  /** One query for all connections. If it fails, all stay open: their credentials were valid when they connected. */
  async recheck(): Promise<void> {
    const open = this.list()
    if (open.length === 0) return
    const { now, findAccessLoss } = this.#options.dependencies()
    this.#accessCheckedAt = now()
    try {
      const losses = await withTimeout(findAccessLoss(open.map(({ connection }) => connection)), ACCESS_TIMEOUT_MS)
      for (const [index, { socket }] of open.entries()) {
        const loss = losses[index]
        if (loss && this.get(socket)) this.close(socket, loss)
      }
    } catch {
      console.error(JSON.stringify({ fault: `access check of ${this.#options.name} failed` }))
    }
  }

  closeExpired(): void {
    const now = this.#options.dependencies().now()
    for (const { socket, connection } of this.list()) if (isExpired(connection, now)) this.close(socket, 'revoked')
  }

  send(socket: WebSocket, frame: object): void {
    sendText(socket, JSON.stringify(frame))
  }

  /**
   * Sends to every connection that is not catching up: those reach the new items by themselves. A frame is serialised only
   * once if `frameFor` returns the same object for several connections.
   */
  broadcast(frameFor: (connection: ConnectionState) => object | null): void {
    this.#audience ??= this.list()
    const texts = new Map<object, string>()
    for (const { socket, connection } of this.#audience) {
      if (this.#catchingUp.has(socket)) continue
      const frame = frameFor(connection)
      if (!frame) continue
      const text = texts.get(frame) ?? JSON.stringify(frame)
      texts.set(frame, text)
      sendText(socket, text)
    }
  }

  /**
   * Sends what the client missed, in order. Meanwhile the socket gets nothing else. It gets broadcasts again in the same
   * turn of the event loop in which nothing is left to send, so there is no gap and no duplicate.
   */
  async catchUp(
    socket: WebSocket,
    since: number,
    read: (after: number, limit: number) => readonly { readonly id: number; readonly frame: object | null }[],
  ): Promise<void> {
    const isInProgress = this.#catchingUp.has(socket)
    this.#catchingUp.set(socket, since)
    if (isInProgress) return
    for (;;) {
      const from = this.#catchingUp.get(socket) ?? since
      const items = read(from, CATCH_UP_BATCH_SIZE)
      for (const { frame } of items) if (frame) this.send(socket, frame)
      const last = items.at(-1)
      if (!last || items.length < CATCH_UP_BATCH_SIZE || socket.readyState !== WebSocket.OPEN) break
      this.#catchingUp.set(socket, last.id)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    this.#catchingUp.delete(socket)
  }

  /** Closes a socket. Its connection counts as closed at once, even before the client answers the close frame. */
  close(socket: WebSocket, reason: keyof typeof CLOSE): void {
    this.#notifyClosed(this.#end(socket, CLOSE[reason]))
  }

  /** Answers the client's close frame, as the platform requires: with the same code, unless that code is reserved. */
  handleClose(socket: WebSocket, code: number): void {
    this.#notifyClosed(this.#end(socket, { code: isReserved(code) ? 1000 : code, text: '' }))
  }

  /** For an object that is erased. `onClosed` is not called: nothing is to be stored or reported any more. */
  closeAll(): void {
    for (const { socket } of this.list()) this.#end(socket, CLOSE.revoked)
  }

  #end(socket: WebSocket, { code, text }: { readonly code: number; readonly text: string }): ConnectionState | null {
    const connection = this.get(socket)
    this.#write(socket, null)
    this.#catchingUp.delete(socket)
    try {
      socket.close(code, text)
    } catch {
      // The socket was closed already.
    }
    return connection
  }

  #notifyClosed(connection: ConnectionState | null): void {
    if (connection) this.#options.onClosed?.(connection)
  }
}

const sendText = (socket: WebSocket, text: string): void => {
  try {
    socket.send(text)
  } catch {
    // The socket is closing. The client requests what it missed when it reconnects.
  }
}

const isReserved = (code: number): boolean => code < 1000 || code > 4999 || [1004, 1005, 1006, 1015].includes(code)

/**
 * An item that arrives after a quiet period is handled at once. If the last batch ended less than this long ago, the load
 * is high: then all items that arrive in the same turn of the event loop are handled in one batch. One batch is one write
 * to disk, and that write takes no longer than the write for a single item.
 */
const BUSY_WINDOW_MS = 50

interface QueuedItem<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

interface MicroBatchOptions<Item> {
  readonly now: () => number
  /** Must finish before a batch may start. Items that arrive meanwhile wait too, and join that batch. Must not fail. */
  readonly before?: () => Promise<void>
  /** Synchronous: without an `await` in between, a whole batch becomes one write. */
  readonly handle: (item: Item) => void
}

/** Handles the items that many callers pass to an object, one after the other, in the order of their arrival. */
export class MicroBatch<Item> {
  readonly #options: MicroBatchOptions<Item>
  #queue: QueuedItem<Item>[] = []
  #isRunning = false
  #lastBatchAt = 0

  constructor(options: MicroBatchOptions<Item>) {
    this.#options = options
  }

  /** Resolves after the item was handled, not earlier: only then does the platform deliver the next frame of that socket. */
  add(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#queue.push({ item, resolve, reject })
    if (!this.#isRunning) void this.#run()
    return promise
  }

  async #run(): Promise<void> {
    const { now, before } = this.#options
    this.#isRunning = true
    while (this.#queue.length > 0) {
      if (now() - this.#lastBatchAt < BUSY_WINDOW_MS) await new Promise((resolve) => setTimeout(resolve, 0))
      await before?.()
      const batch = this.#queue
      this.#queue = []
      for (const queued of batch) this.#handleOne(queued)
      this.#lastBatchAt = now()
    }
    this.#isRunning = false
  }

  /** If one item fails, only the promise of that item is rejected. */
  #handleOne({ item, resolve, reject }: QueuedItem<Item>): void {
    try {
      this.#options.handle(item)
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}
