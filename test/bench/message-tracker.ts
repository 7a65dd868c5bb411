import { randomBytes } from 'node:crypto'

/**
 * Tracks the messages that clients send in a room, and the frames that each client receives. It reads frames directly from
 * the buffer and does not parse them: parsing would use most of the machine's time, and the benchmark is to measure the
 * server. One of PARSE_INTERVAL deliveries is parsed and checked completely.
 */

const PARSE_INTERVAL = 61
const DELIVERY = Buffer.from('{"event":"chat_message","message":"')
const ACK = Buffer.from('{"type":"ack","id":')
/** Frames that are not about a message of this run: the automatic answer, whether staff are at the desk, and how far each side has read. */
const OTHERS = ['{"type":"notice"', '{"type":"desk"', '{"type":"read"'].map((text) => Buffer.from(text))
const ID = Buffer.from(',"id":')
const [ZERO, NINE] = [48, 57]

/** What one client has received, in the order of arrival. */
interface ReceivedMessages {
  readonly messages: Int32Array
  readonly ids: Int32Array
  count: number
}

export class MessageTracker {
  readonly messagesEach: number
  /** The latency of each delivery, in milliseconds. */
  readonly latencies: Float64Array
  /** Frames that have not arrived yet. */
  missing: number
  readonly #clientCount: number
  /** Prefix of all texts of this run. Other runs in the same room have other prefixes. */
  readonly #run = randomBytes(4).toString('hex')
  readonly #sentAt: Float64Array
  /** The id of each acknowledged message; 0 before its ack. */
  readonly #ackedIds: Int32Array
  readonly #received: readonly ReceivedMessages[]
  #deliveries = 0

  constructor(clientCount: number, messagesEach: number) {
    const total = clientCount * messagesEach
    this.messagesEach = messagesEach
    this.latencies = new Float64Array(total * (clientCount - 1))
    this.missing = total * clientCount
    this.#clientCount = clientCount
    this.#sentAt = new Float64Array(total)
    this.#ackedIds = new Int32Array(total)
    this.#received = Array.from({ length: clientCount }, () => ({ messages: new Int32Array(total), ids: new Int32Array(total), count: 0 }))
  }

  /** The frame for the nth message of a client. All texts have the same length, so that the number is at a fixed position. */
  frame(client: number, n: number): string {
    const message = client * this.messagesEach + n
    const text = this.#text(message)
    this.#sentAt[message] = performance.now()
    return JSON.stringify({ message: text, client_id: text })
  }

  /** Records a frame that a client has received. Returns true if it acknowledges a message of this client. */
  receive(client: number, bytes: Buffer, from: number, to: number): boolean {
    if (OTHERS.some((other) => startsWith(bytes, from, other))) return false
    this.missing--
    if (startsWith(bytes, from, DELIVERY)) {
      const offset = from + DELIVERY.length
      const message = this.#messageAt(bytes, offset)
      const id = numberAt(bytes, offsetAfter(bytes, offset, to, ID))
      const received = this.#received[client]
      if (!received) throw new Error(`no client has the index ${client}`)
      received.messages[received.count] = message
      received.ids[received.count++] = id
      this.latencies[this.#deliveries++] = performance.now() - (this.#sentAt[message] ?? 0)
      if (this.#deliveries % PARSE_INTERVAL === 0) this.#checkFrame(bytes.toString('utf8', from, to), message, id)
      return false
    }
    if (!startsWith(bytes, from, ACK)) throw new Error(`an unexpected frame: ${bytes.toString('utf8', from, to)}`)
    const message = this.#messageAt(bytes, to - 2 - this.#text(0).length)
    if (this.#senderOf(message) !== client || this.#ackedIds[message] !== 0) throw new Error('an ack for no unacknowledged message')
    this.#ackedIds[message] = numberAt(bytes, from + ACK.length)
    return true
  }

  /** Throws unless each client has received every message of all others exactly once, in the order of the ids. */
  verify(stored: ReadonlyMap<number, string>): void {
    const total = this.#clientCount * this.messagesEach
    if (this.#ackedIds.some((id) => id === 0)) throw new Error('a message was not acknowledged')
    for (const [message, id] of this.#ackedIds.entries()) {
      if (stored.get(id) !== this.#text(message)) throw new Error(`the stored message ${id} differs from the one that was sent`)
    }
    for (const [client, { messages, ids, count }] of this.#received.entries()) {
      if (count !== total - this.messagesEach) throw new Error(`client ${client} received ${count} messages`)
      for (let n = 0; n < count; n++) {
        const message = messages[n] ?? 0
        if (this.#senderOf(message) === client) throw new Error(`client ${client} received its own message`)
        if (ids[n] !== this.#ackedIds[message]) throw new Error(`a message has two ids, ${ids[n]} and ${this.#ackedIds[message]}`)
        // Ids grow strictly: no duplicates, and the right order.
        if (n > 0 && (ids[n] ?? 0) <= (ids[n - 1] ?? 0)) throw new Error(`client ${client} received ${ids[n]} after ${ids[n - 1]}`)
      }
    }
  }

  /** The lowest id that the room gave to a message of this run. */
  firstId(): number {
    return this.#ackedIds.reduce((first, id) => Math.min(first, id), Number.MAX_SAFE_INTEGER)
  }

  #text(message: number): string {
    return `${this.#run} ${String(message).padStart(8, '0')}`
  }

  #senderOf(message: number): number {
    return Math.floor(message / this.messagesEach)
  }

  #messageAt(bytes: Buffer, offset: number): number {
    const message = numberAt(bytes, offset + this.#run.length + 1)
    if (message >= this.#clientCount * this.messagesEach) throw new Error(`an unknown message: ${bytes.toString('utf8', offset)}`)
    return message
  }

  #checkFrame(text: string, message: number, id: number): void {
    const frame: Record<string, unknown> = JSON.parse(text)
    const isComplete = typeof frame.user_id === 'string' && typeof frame.from_admin === 'boolean' && typeof frame.sent_at === 'string'
    if (frame.message !== this.#text(message) || frame.id !== id || !isComplete)
      throw new Error(`a delivery differs from its message: ${text}`)
  }
}

const startsWith = (bytes: Buffer, offset: number, text: Buffer): boolean => {
  for (let n = 0; n < text.length; n++) if (bytes[offset + n] !== text[n]) return false
  return true
}

/** The offset after the first occurrence of `text`. */
const offsetAfter = (bytes: Buffer, from: number, to: number, text: Buffer): number => {
  for (let offset = from; offset < to; offset++) if (startsWith(bytes, offset, text)) return offset + text.length
  throw new Error(`a delivery without an id: ${bytes.toString('utf8', from, to)}`)
}

const numberAt = (bytes: Buffer, from: number): number => {
  let value = 0
  for (let offset = from; ; offset++) {
    const digit = bytes[offset] ?? 0
    if (digit < ZERO || digit > NINE) return value
    value = value * 10 + digit - ZERO
  }
}
