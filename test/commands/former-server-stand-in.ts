import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A former server for tests: it listens on a port, records every request, and answers as the test sets. */

export interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

type Answer = (request: Recorded, response: ServerResponse) => void

export interface FormerServerStandIn {
  readonly origin: string
  readonly requests: Recorded[]
  /** How it answers from now on. */
  answer: Answer
  /** By default a request is answered when its body has arrived. */
  answersEarly: boolean
  close(): Promise<void>
}

export const json =
  (status: number, body: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  }

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 0x81

/** Accepts a WebSocket, and sends each short text back with `echo: ` before it. */
const echo = (request: IncomingMessage, socket: Duplex): void => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  socket.on('error', () => undefined)
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    // Two bytes, the mask and the text: a chunk may contain several frames, or a part of one.
    for (let length = received[1]; length !== undefined; length = received[1]) {
      const end = 6 + (length & 0x7f)
      if (received.length < end) return
      if (received[0] !== TEXT) return void socket.end()
      const mask: Buffer = received.subarray(2, 6)
      const text: Uint8Array = received.subarray(6, end).map((byte: number, index: number) => byte ^ (mask[index % 4] ?? 0))
      const reply = Buffer.concat([Buffer.from('echo: '), text])
      socket.write(Buffer.concat([Buffer.from([TEXT, reply.length]), reply]))
      received = received.subarray(end)
    }
  })
}

export const startFormerServer = async (): Promise<FormerServerStandIn> => {
  const requests: Recorded[] = []
  const record = (request: IncomingMessage, body: Buffer): Recorded => {
    const recorded = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    requests.push(recorded)
    return recorded
  }
  const server = createServer(async (request, response) => {
    if (standIn.answersEarly) return standIn.answer(record(request, Buffer.alloc(0)), response)
    return standIn.answer(record(request, await bodyOf(request)), response)
  })
  server.on('upgrade', (request, socket) => {
    record(request, Buffer.alloc(0))
    echo(request, socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  const standIn: FormerServerStandIn = {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    answer: json(404, { detail: 'Not found.' }),
    answersEarly: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return standIn
}
