import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/**
 * A WebSocket client with very little overhead: it passes each text frame as a range of the read buffer and creates no
 * object for it. Node's built-in client needs several times as long per frame as the server that is measured.
 */

/** Called for each text frame: the bytes from `from` up to `to`. They are valid only until the function returns. */
export type FrameListener = (bytes: Buffer, from: number, to: number) => void

const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [TEXT, CLOSE] = [1, 8]
const EMPTY_BUFFER = Buffer.alloc(0)
/** All sockets share it: each chunk is processed completely before the next one is read. */
const buffer = Buffer.allocUnsafe(256 * 1024)

export class BenchSocket {
  readonly #socket: Socket
  #onFrame: FrameListener = () => undefined
  #onFailure: (error: Error) => void = () => undefined
  #incomplete: Buffer = EMPTY_BUFFER
  #isClosing = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', (error) => this.#onFailure(error))
    socket.on('close', () => {
      if (!this.#isClosing) this.#onFailure(new Error('the server closed a socket'))
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
            if (open) return open.#handleChunk(buffer.subarray(0, length))
            handshake += buffer.toString('latin1', 0, length)
            const end = handshake.indexOf('\r\n\r\n')
            if (end < 0) return true
            if (!isAccepted(handshake, key)) {
              reject(new Error(`the WebSocket handshake failed: ${handshake}`))
              return false
            }
            open = new BenchSocket(socket)
            resolve(open)
            return open.#handleChunk(Buffer.from(handshake.slice(end + 4), 'latin1'))
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

  /** From now on `onFrame` gets each text frame. `onFailure` is called if the socket fails or the server closes it. */
  listen(onFrame: FrameListener, onFailure: (error: Error) => void): void {
    this.#onFrame = onFrame
    this.#onFailure = onFailure
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

  #handleChunk(chunk: Buffer): boolean {
    try {
      this.#read(chunk)
    } catch (error) {
      this.#onFailure(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  #read(chunk: Buffer): void {
    const bytes = this.#incomplete.length === 0 ? chunk : Buffer.concat([this.#incomplete, chunk])
    let offset = 0
    for (;;) {
      if (bytes.length < offset + 2) break
      const shortLength = bytes[offset + 1] ?? 0
      if (shortLength > 126) throw new Error('a frame is masked, or longer than any chat frame')
      const from = offset + (shortLength === 126 ? 4 : 2)
      if (bytes.length < from) break
      const to = from + (shortLength === 126 ? bytes.readUInt16BE(offset + 2) : shortLength)
      if (bytes.length < to) break
      if (bytes[offset] === (0x80 | TEXT)) this.#onFrame(bytes, from, to)
      else if (bytes[offset] === (0x80 | CLOSE)) this.#socket.end()
      else throw new Error(`an unexpected frame type: ${bytes[offset]}`)
      offset = to
    }
    // The rest is copied, because the next read overwrites the shared buffer.
    this.#incomplete = offset === bytes.length ? EMPTY_BUFFER : Buffer.from(bytes.subarray(offset))
  }
}

const isAccepted = (handshake: string, key: string): boolean => {
  const accepted = createHash('sha1').update(`${key}${ACCEPT}`).digest('base64')
  return handshake.startsWith('HTTP/1.1 101 ') && handshake.toLowerCase().includes(`sec-websocket-accept: ${accepted.toLowerCase()}`)
}

/** A client must mask its frames. The payloads here are short enough for a two-byte length. */
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
