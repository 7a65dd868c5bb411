import { exports } from 'cloudflare:workers'
import { ORIGIN } from './call.ts'
import type { Person } from './people.ts'

export type Frame = Readonly<Record<string, unknown>>

/** A socket that is open, with all that it has heard. */
export class Client {
  readonly heard: Frame[] = []
  readonly texts: string[] = []
  closed: { readonly code: number; readonly reason: string } | null = null
  readonly socket: WebSocket
  readonly protocol: string | null

  constructor(socket: WebSocket, protocol: string | null) {
    this.socket = socket
    this.protocol = protocol
    socket.addEventListener('message', ({ data }) => {
      this.texts.push(String(data))
      if (data !== 'pong') this.heard.push(JSON.parse(String(data)))
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
    })
    socket.accept()
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame))
  }

  /** Waits for the first frame that it has heard, or hears, of this kind. */
  async hears(...wanted: Frame[]): Promise<Frame> {
    return until(() => this.heard.find((frame) => wanted.some((one) => Object.entries(one).every(([key, value]) => frame[key] === value))))
  }

  messages(): unknown[] {
    return this.heard.filter(({ event }) => event === 'chat_message').map(({ message }) => message)
  }

  async isClosed(): Promise<number> {
    return (await until(() => this.closed)).code
  }
}

export const until = async <T>(look: () => T | null | undefined | false | Promise<T | null | undefined | false>, ms = 5000): Promise<T> => {
  for (const end = Date.now() + ms; ; ) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const handshake = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  exports.default.fetch(new Request(new URL(path, ORIGIN), { headers: { Upgrade: 'websocket', ...headers } }))

interface How {
  readonly since?: number
  /** An old client: no subprotocol, no additions. */
  readonly old?: boolean
}

export const open = async (path: string, as: Person, { since, old = false }: How = {}): Promise<Client> => {
  const headers = { Authorization: as.token, ...(!old && { 'Sec-WebSocket-Protocol': 'concord.v1' }) }
  const response = await handshake(`${path}${since === undefined ? '' : `?since=${since}`}`, headers)
  const { webSocket } = response
  if (!webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`)
  return new Client(webSocket, response.headers.get('Sec-WebSocket-Protocol'))
}

export const sitIn = (room: Person, as: Person = room, how: How = {}): Promise<Client> => open(`/ws/chat/${room.id}/`, as, how)
export const joinDesk = (as: Person, how: How = {}): Promise<Client> => open('/ws/admin/', as, how)
