import { exports } from 'cloudflare:workers'
import { ORIGIN } from './call.ts'
import { documented } from './documented.ts'
import { type Place, recordFrame } from './documented-frames.ts'
import type { Person } from './people.ts'

export type Frame = Readonly<Record<string, unknown>>

/** An open WebSocket that records all received frames. One that the AsyncAPI document does not describe fails the test. */
export class Client {
  readonly frames: Frame[] = []
  readonly texts: string[] = []
  closed: { readonly code: number; readonly reason: string } | null = null
  readonly socket: WebSocket
  readonly protocol: string | null

  constructor(socket: WebSocket, protocol: string | null, place: Place) {
    this.socket = socket
    this.protocol = protocol
    socket.addEventListener('message', ({ data }) => {
      this.texts.push(String(data))
      if (data === 'pong') return
      const frame: Frame = JSON.parse(String(data))
      recordFrame(place, frame)
      this.frames.push(frame)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
    })
    socket.accept()
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame))
  }

  /** Waits for a frame with these fields. A frame that has been received already counts, too. */
  async waitForFrame(...alternatives: Frame[]): Promise<Frame> {
    return until(() =>
      this.frames.find((frame) => alternatives.some((fields) => Object.entries(fields).every(([key, value]) => frame[key] === value))),
    )
  }

  messages(): unknown[] {
    return this.frames.filter(({ event }) => event === 'chat_message').map(({ message }) => message)
  }

  async isClosed(): Promise<number> {
    return (await until(() => this.closed)).code
  }
}

export const until = async <T>(
  check: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  ms = 20_000,
): Promise<T> => {
  const startedAt = Date.now()
  for (;;) {
    const value = await check()
    if (value) return value
    const waitedMs = Date.now() - startedAt
    if (waitedMs > ms) throw new Error('the condition did not become true in time')
    // The pauses grow, because a condition may be a request.
    await new Promise((resolve) => setTimeout(resolve, Math.max(10, waitedMs / 10)))
  }
}

export const handshake = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const request = new Request(new URL(path, ORIGIN), { headers: { Upgrade: 'websocket', ...headers } })
  return documented(request, await exports.default.fetch(request))
}

interface SocketOptions {
  readonly since?: number
  /** An old client: without the subprotocol, and so without our extensions. */
  readonly old?: boolean
}

const open = async (path: string, as: Person, { since, old = false }: SocketOptions = {}): Promise<Client> => {
  const headers = { Authorization: as.token, ...(!old && { 'Sec-WebSocket-Protocol': 'concord.v1' }) }
  const response = await handshake(`${path}${since === undefined ? '' : `?since=${since}`}`, headers)
  const { webSocket } = response
  if (!webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`)
  return new Client(webSocket, response.headers.get('Sec-WebSocket-Protocol'), path.startsWith('/ws/chat/') ? 'room' : 'desk')
}

export const joinRoom = (room: Person, as: Person = room, options: SocketOptions = {}): Promise<Client> =>
  open(`/ws/chat/${room.id}/`, as, options)
export const joinDesk = (as: Person, options: SocketOptions = {}): Promise<Client> => open('/ws/admin/', as, options)
