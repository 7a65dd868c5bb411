import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/**
 * A WebSocket client that costs next to nothing: it shows each text where it lies in the buffer that it was read into, and
 * makes no object of it. The built-in one takes several times as long for a frame as the server that is measured.
 */

/** One text frame: the bytes from `from` up to `to`, which hold until the function returns. */
export type Heard = (bytes: Buffer, from: number, to: number) => void

const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [TEXT, CLOSE] = [1, 8]
const NOTHING = Buffer.alloc(0)
/** Shared by all sockets, since what is read is heard before anybody reads again. */
const buffer = Buffer.allocUnsafe(256 * 1024)

export class BenchSocket {
  readonly #socket: Socket
  #heard: Heard = () => undefined
  #failed: (why: Error) => void = () => undefined
  #rest: Buffer = NOTHING
  #isClosing = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => {
      if (!this.#isClosing) this.#failed(new Error('the server closed a socket'))
    })
  }

  static open(url: URL, protocols: readonly string[]): Promise<BenchSocket> {
    return new Promise((resolve, reject) => {
      const key = randomBytes(16).toString('base64')
      let handshake = ''
      let open: BenchSocket | null = null
      const socket = connect({
        host: url.hostname,
        port: Number(url.port || 80),
        noDelay: true,
        onread: {
          buffer,
          callback: (length) => {
            if (open) return open.#take(buffer.subarray(0, length))
            handshake += buffer.toString('latin1', 0, length)
            const end = handshake.indexOf('\r\n\r\n')
            if (end < 0) return true
            if (!isWelcome(handshake, key)) {
              reject(new Error(`no socket: ${handshake}`))
              return false
            }
            open = new BenchSocket(socket)
            resolve(open)
            return open.#take(Buffer.from(handshake.slice(end + 4), 'latin1'))
          },
        },
      })
      socket.on('error', reject)
      socket.write(
        [
          `GET ${url.pathname}${url.search} HTTP/1.1`,
          `Host: ${url.host}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Key: ${key}`,
          `Sec-WebSocket-Protocol: ${protocols.join(', ')}`,
          '\r\n',
        ].join('\r\n'),
      )
    })
  }

  /** From here on each text goes to `heard`; `failed` hears of a socket that closes and was not asked to. */
  listen(heard: Heard, failed: (why: Error) => void): void {
    this.#heard = heard
    this.#failed = failed
  }

  send(text: string): void {
    this.#socket.write(masked(TEXT, Buffer.from(text)))
  }

  close(): Promise<void> {
    this.#isClosing = true
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.write(masked(CLOSE, Buffer.from([1000 >> 8, 1000 & 255])))
    })
  }

  #take(chunk: Buffer): boolean {
    try {
      this.#read(chunk)
    } catch (error) {
      this.#failed(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (;;) {
      if (bytes.length < at + 2) break
      const short = bytes[at + 1] ?? 0
      if (short > 126) throw new Error('a frame that is masked, or longer than any of the chat')
      const from = at + (short === 126 ? 4 : 2)
      if (bytes.length < from) break
      const to = from + (short === 126 ? bytes.readUInt16BE(at + 2) : short)
      if (bytes.length < to) break
      if (bytes[at] === (0x80 | TEXT)) this.#heard(bytes, from, to)
      else if (bytes[at] === (0x80 | CLOSE)) this.#socket.end()
      else throw new Error(`a frame of a kind that the chat does not send: ${bytes[at]}`)
      at = to
    }
    // Copied: the buffer is somebody else's in a moment.
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at))
  }
}

const isWelcome = (handshake: string, key: string): boolean => {
  const accepted = createHash('sha1').update(`${key}${ACCEPT}`).digest('base64')
  return handshake.startsWith('HTTP/1.1 101 ') && handshake.toLowerCase().includes(`sec-websocket-accept: ${accepted.toLowerCase()}`)
}

/** What a client sends is masked; it is short enough here for the length in two bytes. */
const masked = (opcode: number, payload: Buffer): Buffer => {
  const head = payload.length < 126 ? 2 : 4
  const frame = Buffer.allocUnsafe(head + 4 + payload.length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (head === 2 ? payload.length : 126)
  if (head === 4) frame.writeUInt16BE(payload.length, 2)
  const mask = randomBytes(4)
  mask.copy(frame, head)
  for (let n = 0; n < payload.length; n++) frame[head + 4 + n] = (payload[n] ?? 0) ^ (mask[n % 4] ?? 0)
  return frame
}
