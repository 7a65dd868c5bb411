import { PROTOCOL, SEAT_HEADER, type Seat, type Someone } from '../domain/support/words.ts'

/** The sockets of an object, with who sits at each: everything about that is with the socket, since memory is lost in sleep. */

/** Why a socket is closed by us. */
const CLOSE = {
  revoked: [4401, 'credential revoked or expired'],
  forbidden: [4403, 'not allowed here any more'],
  flood: [4429, 'too many messages'],
} as const

type Closing = keyof typeof CLOSE

export interface Seated extends Omit<Seat, 'since'> {
  /** It has asked for, or sent, what only new clients know. */
  readonly knowsMore: boolean
}

/** Who a handshake is from: written by compose.ts, and nobody else reaches an object. */
export const seatFrom = (request: Request): { readonly person: Someone; readonly seat: Seat } =>
  JSON.parse(decodeURIComponent(request.headers.get(SEAT_HEADER) ?? ''))

const send = (socket: WebSocket, frame: object): void => {
  try {
    socket.send(JSON.stringify(frame))
  } catch {
    // It is closing: what it misses it asks for when it is back.
  }
}

/** What is read at once for somebody who catches up. Others get their turn in between. */
const CATCH_UP = 200

export class Seats {
  readonly #state: DurableObjectState
  /** Who catches up, and how far they are: nothing else is sent to them meanwhile. Never across a sleep, since the work is under way. */
  readonly #behind = new Map<WebSocket, number>()

  constructor(state: DurableObjectState) {
    this.#state = state
    // Answered without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  accept(seat: Seat, tag: string): { readonly response: Response; readonly socket: WebSocket } {
    const { 0: theirs, 1: ours } = new WebSocketPair()
    this.#state.acceptWebSocket(ours, [tag])
    const { since: _since, ...kept } = seat
    const seated: Seated = { ...kept, knowsMore: seat.modern }
    ours.serializeAttachment(seated)
    const headers = seat.modern ? { 'Sec-WebSocket-Protocol': PROTOCOL } : undefined
    return { response: new Response(null, { status: 101, webSocket: theirs, ...(headers && { headers }) }), socket: ours }
  }

  /** Null for one whose good-bye is said already. */
  at(socket: WebSocket): Seated | null {
    const seated: Seated | null = socket.deserializeAttachment()
    return seated
  }

  /** From here on it gets what only new clients know. */
  learn(socket: WebSocket, seated: Seated): void {
    if (!seated.knowsMore) socket.serializeAttachment({ ...seated, knowsMore: true })
  }

  all(tag?: string): { readonly socket: WebSocket; readonly seat: Seated }[] {
    return this.#state.getWebSockets(tag).flatMap((socket) => {
      const seat = this.at(socket)
      return seat ? [{ socket, seat }] : []
    })
  }

  send(socket: WebSocket, frame: object): void {
    send(socket, frame)
  }

  /** To everybody who is not catching up: those will come to it by themselves. */
  broadcast(frame: (seat: Seated) => object | null): void {
    for (const { socket, seat } of this.all()) {
      if (this.#behind.has(socket)) continue
      const shown = frame(seat)
      if (shown) send(socket, shown)
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
      for (const { frame } of part) if (frame) send(socket, frame)
      const last = part.at(-1)
      if (!last || part.length < CATCH_UP || socket.readyState !== WebSocket.OPEN) break
      this.#behind.set(socket, last.id)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    this.#behind.delete(socket)
  }

  /** Says good-bye: from now on nobody sits there, whenever the other side answers. */
  close(socket: WebSocket, why: Closing): void {
    socket.serializeAttachment(null)
    this.#behind.delete(socket)
    try {
      const [code, reason] = CLOSE[why]
      socket.close(code, reason)
    } catch {
      // It was closed already.
    }
  }

  /** Answers their good-bye, which the platform wants; with their code, unless it is one that nobody may send. */
  closed(socket: WebSocket, code: number): Seated | null {
    const seat = this.at(socket)
    socket.serializeAttachment(null)
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
