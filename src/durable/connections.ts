import { CONNECTION_HEADER, type Connection, type PersonRef, PROTOCOL } from '../domain/support/types.ts'

/** The sockets of an object, with who sits at each: everything about that is with the socket, since memory is lost in sleep. */

/** Why a socket is closed by us. */
const CLOSE = {
  revoked: [4401, 'credential revoked or expired'],
  forbidden: [4403, 'not allowed here any more'],
  flood: [4429, 'too many messages'],
} as const

type Closing = keyof typeof CLOSE

export interface ConnectionState extends Omit<Connection, 'since'> {
  /** It has asked for, or sent, what only new clients know. */
  readonly knowsMore: boolean
}

interface Sitting {
  readonly socket: WebSocket
  readonly seat: ConnectionState
}

/** Who a handshake is from: written by compose.ts, and nobody else reaches an object. */
export const seatFrom = (request: Request): { readonly person: PersonRef; readonly seat: Connection } =>
  JSON.parse(decodeURIComponent(request.headers.get(CONNECTION_HEADER) ?? ''))

const send = (socket: WebSocket, text: string): void => {
  try {
    socket.send(text)
  } catch {
    // It is closing: what it misses it asks for when it is back.
  }
}

/** What is read at once for somebody who catches up. Others get their turn in between. */
const CATCH_UP = 200

export class Connections {
  readonly #state: DurableObjectState
  /** Who catches up, and how far they are: nothing else is sent to them meanwhile. Never across a sleep, since the work is under way. */
  readonly #behind = new Map<WebSocket, number>()
  /**
   * Whom a broadcast goes to: what the attachments say, read once and not again for each word. Forgotten whenever anybody
   * comes, leaves or learns something, and with the memory; where it matters who may sit here, the sockets are asked.
   */
  #audience: readonly Sitting[] | null = null

  constructor(state: DurableObjectState) {
    this.#state = state
    // ResponseThrown without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  accept(seat: Connection, tag: string): { readonly response: Response; readonly socket: WebSocket } {
    const { 0: theirs, 1: ours } = new WebSocketPair()
    this.#state.acceptWebSocket(ours, [tag])
    const { since: _since, ...kept } = seat
    const seated: ConnectionState = { ...kept, knowsMore: seat.modern }
    this.#write(ours, seated)
    const headers = seat.modern ? { 'Sec-WebSocket-Protocol': PROTOCOL } : undefined
    return { response: new Response(null, { status: 101, webSocket: theirs, ...(headers && { headers }) }), socket: ours }
  }

  /** Null for one whose good-bye is said already. */
  at(socket: WebSocket): ConnectionState | null {
    const seated: ConnectionState | null = socket.deserializeAttachment()
    return seated
  }

  /** From here on it gets what only new clients know. */
  learn(socket: WebSocket, seated: ConnectionState): void {
    if (!seated.knowsMore) this.#write(socket, { ...seated, knowsMore: true })
  }

  #write(socket: WebSocket, seated: ConnectionState | null): void {
    socket.serializeAttachment(seated)
    this.#audience = null
  }

  all(tag?: string): Sitting[] {
    return this.#state.getWebSockets(tag).flatMap((socket) => {
      const seat = this.at(socket)
      return seat ? [{ socket, seat }] : []
    })
  }

  send(socket: WebSocket, frame: object): void {
    send(socket, JSON.stringify(frame))
  }

  /**
   * To everybody who is not catching up: those will come to it by themselves. A frame that many are shown is written out
   * once, if it is one and the same object.
   */
  broadcast(frame: (seat: ConnectionState) => object | null): void {
    this.#audience ??= this.all()
    const texts = new Map<object, string>()
    for (const { socket, seat } of this.#audience) {
      if (this.#behind.has(socket)) continue
      const shown = frame(seat)
      if (!shown) continue
      const text = texts.get(shown) ?? JSON.stringify(shown)
      texts.set(shown, text)
      send(socket, text)
    }
  }

  /**
   * Sends what was missed, in order. While that goes on the socket gets nothing else, and it is back among the others in
   * the very moment in which there is nothing more to send: no gap, and nothing twice.
   */
  async catchUp(
    socket: WebSocket,
    since: number,
    read: (after: number, limit: number) => readonly { readonly id: number; readonly frame: object | null }[],
  ) {
    const isUnderWay = this.#behind.has(socket)
    this.#behind.set(socket, since)
    if (isUnderWay) return
    for (;;) {
      const from = this.#behind.get(socket) ?? since
      const part = read(from, CATCH_UP)
      for (const { frame } of part) if (frame) this.send(socket, frame)
      const last = part.at(-1)
      if (!last || part.length < CATCH_UP || socket.readyState !== WebSocket.OPEN) break
      this.#behind.set(socket, last.id)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    this.#behind.delete(socket)
  }

  /** Says good-bye: from now on nobody sits there, whenever the other side answers. */
  close(socket: WebSocket, why: Closing): void {
    this.#write(socket, null)
    this.#behind.delete(socket)
    try {
      const [code, reason] = CLOSE[why]
      socket.close(code, reason)
    } catch {
      // It was closed already.
    }
  }

  /** Answers their good-bye, which the platform wants; with their code, unless it is one that nobody may send. */
  closed(socket: WebSocket, code: number): ConnectionState | null {
    const seat = this.at(socket)
    this.#write(socket, null)
    this.#behind.delete(socket)
    try {
      socket.close(isReserved(code) ? 1000 : code, '')
    } catch {
      // It was closed already.
    }
    return seat
  }
}

const isReserved = (code: number): boolean => code < 1000 || code > 4999 || [1004, 1005, 1006, 1015].includes(code)
