import { CONNECTION_HEADER, type Connection, type PersonRef, PROTOCOL } from '../model/support.ts'

/**
 * The WebSockets of an object and the connection of each one. The state of a connection is attached to its socket, because
 * the object loses its memory when it hibernates.
 */

/** Close code and reason for each case in which the server closes a socket. */
const CLOSE = {
  revoked: [4401, 'credential revoked or expired'],
  forbidden: [4403, 'access no longer allowed'],
  flood: [4429, 'too many messages'],
} as const

type CloseReason = keyof typeof CLOSE

export interface ConnectionState extends Omit<Connection, 'since'> {
  /** The client has requested or sent something that only new clients support. From then on it gets these frames, too. */
  readonly getsV1Frames: boolean
}

interface OpenConnection {
  readonly socket: WebSocket
  readonly connection: ConnectionState
}

/** Who a handshake is from. The header is trusted: compose.ts writes it, and no other code can send a request to an object. */
export const connectionFrom = (request: Request): { readonly person: PersonRef; readonly connection: Connection } =>
  JSON.parse(decodeURIComponent(request.headers.get(CONNECTION_HEADER) ?? ''))

const send = (socket: WebSocket, text: string): void => {
  try {
    socket.send(text)
  } catch {
    // The socket is closing. The client requests what it missed when it reconnects.
  }
}

/** How many missed items are read at once. Other requests can run between two reads. */
const CATCH_UP_BATCH_SIZE = 200

export class Connections {
  readonly #state: DurableObjectState
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

  constructor(state: DurableObjectState) {
    this.#state = state
    // The platform answers a ping without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  accept(connection: Connection, tag: string): { readonly response: Response; readonly socket: WebSocket } {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server, [tag])
    const { since: _since, ...stored } = connection
    const state: ConnectionState = { ...stored, getsV1Frames: connection.supportsV1 }
    this.#write(server, state)
    const headers = connection.supportsV1 ? { 'Sec-WebSocket-Protocol': PROTOCOL } : undefined
    return { response: new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) }), socket: server }
  }

  /** Null if the connection was closed already, by either side. */
  get(socket: WebSocket): ConnectionState | null {
    const connection: ConnectionState | null = socket.deserializeAttachment()
    return connection
  }

  /** From here on the client gets the frames that only new clients support. */
  enableV1Frames(socket: WebSocket, connection: ConnectionState): void {
    if (!connection.getsV1Frames) this.#write(socket, { ...connection, getsV1Frames: true })
  }

  #write(socket: WebSocket, connection: ConnectionState | null): void {
    socket.serializeAttachment(connection)
    this.#audience = null
  }

  list(tag?: string): OpenConnection[] {
    return this.#state.getWebSockets(tag).flatMap((socket) => {
      const connection = this.get(socket)
      return connection ? [{ socket, connection }] : []
    })
  }

  send(socket: WebSocket, frame: object): void {
    send(socket, JSON.stringify(frame))
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
      send(socket, text)
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
  ) {
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
  close(socket: WebSocket, reason: CloseReason): void {
    this.#write(socket, null)
    this.#catchingUp.delete(socket)
    try {
      const [code, text] = CLOSE[reason]
      socket.close(code, text)
    } catch {
      // The socket was closed already.
    }
  }

  /** Answers the client's close frame, as the platform requires: with the same code, unless that code is reserved. */
  handleClose(socket: WebSocket, code: number): ConnectionState | null {
    const connection = this.get(socket)
    this.#write(socket, null)
    this.#catchingUp.delete(socket)
    try {
      socket.close(isReserved(code) ? 1000 : code, '')
    } catch {
      // The socket was closed already.
    }
    return connection
  }
}

const isReserved = (code: number): boolean => code < 1000 || code > 4999 || [1004, 1005, 1006, 1015].includes(code)
