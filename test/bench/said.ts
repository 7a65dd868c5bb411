import { randomBytes } from 'node:crypto'

/**
 * What was said in a room, and what each seat has heard of it. A frame is not parsed but looked at where it lies: most of a
 * machine's time would go into that otherwise, and this is to measure the server. One in so many is, and must be what it seems.
 */

const PARSED = 61
const DELIVERY = Buffer.from('{"event":"chat_message","message":"')
const ACK = Buffer.from('{"type":"ack","id":')
const ID = Buffer.from(',"id":')
const [ZERO, NINE] = [48, 57]

interface HeardBySeat {
  /** In the order in which they came. */
  readonly messages: Int32Array
  readonly ids: Int32Array
  count: number
}

export class Said {
  readonly each: number
  /** How long each delivery was on its way, in milliseconds. */
  readonly took: Float64Array
  missing: number
  readonly #seats: number
  /** Whatever other runs have said in this room is not of this one. */
  readonly #run = randomBytes(4).toString('hex')
  readonly #saidAt: Float64Array
  /** The id that each message was acknowledged under. */
  readonly #acked: Int32Array
  readonly #heard: readonly HeardBySeat[]
  #deliveries = 0

  constructor(seats: number, each: number) {
    const all = seats * each
    this.each = each
    this.took = new Float64Array(all * (seats - 1))
    this.missing = all * seats
    this.#seats = seats
    this.#saidAt = new Float64Array(all)
    this.#acked = new Int32Array(all)
    this.#heard = Array.from({ length: seats }, () => ({ messages: new Int32Array(all), ids: new Int32Array(all), count: 0 }))
  }

  /** The frame that errorResponse a seat's nth message. All texts are of one length, so that a number is found by where it stands. */
  frame(seat: number, n: number): string {
    const message = seat * this.each + n
    const text = this.#text(message)
    this.#saidAt[message] = performance.now()
    return JSON.stringify({ message: text, client_id: text })
  }

  /** Whether that is the ack of something that this seat has said. */
  hears(seat: number, bytes: Buffer, from: number, to: number): boolean {
    this.missing--
    if (begins(bytes, from, DELIVERY)) {
      const at = from + DELIVERY.length
      const message = this.#messageAt(bytes, at)
      const id = numberAt(bytes, after(bytes, at, to, ID))
      const heard = this.#heard[seat]
      if (!heard) throw new Error('nobody sits there')
      heard.messages[heard.count] = message
      heard.ids[heard.count++] = id
      this.took[this.#deliveries++] = performance.now() - (this.#saidAt[message] ?? 0)
      if (this.#deliveries % PARSED === 0) this.#parse(bytes.toString('utf8', from, to), message, id)
      return false
    }
    if (!begins(bytes, from, ACK)) throw new Error(`an unexpected frame: ${bytes.toString('utf8', from, to)}`)
    const message = this.#messageAt(bytes, to - 2 - this.#text(0).length)
    if (this.#seatOf(message) !== seat || this.#acked[message] !== 0) throw new Error('an ack of nothing')
    this.#acked[message] = numberAt(bytes, from + ACK.length)
    return true
  }

  /** Everybody has heard what all others said, each thing once, in the one order of the ids; throws where it is not so. */
  verify(stored: ReadonlyMap<number, string>): void {
    const all = this.#seats * this.each
    if (this.#acked.some((id) => id === 0)) throw new Error('something was not acknowledged')
    for (const [message, id] of this.#acked.entries()) {
      if (stored.get(id) !== this.#text(message)) throw new Error(`message ${id} is not stored as it was said`)
    }
    for (const [seat, { messages, ids, count }] of this.#heard.entries()) {
      if (count !== all - this.each) throw new Error(`seat ${seat} heard ${count} messages`)
      for (let n = 0; n < count; n++) {
        const message = messages[n] ?? 0
        if (this.#seatOf(message) === seat) throw new Error(`seat ${seat} heard itself`)
        if (ids[n] !== this.#acked[message]) throw new Error(`a message has two ids, ${ids[n]} and ${this.#acked[message]}`)
        // Grow strictly: nothing twice, nothing out of order.
        if (n > 0 && (ids[n] ?? 0) <= (ids[n - 1] ?? 0)) throw new Error(`seat ${seat} heard ${ids[n]} after ${ids[n - 1]}`)
      }
    }
  }

  /** The first id that the room gave to anything of this. */
  firstId(): number {
    return this.#acked.reduce((first, id) => Math.min(first, id), Number.MAX_SAFE_INTEGER)
  }

  #text(message: number): string {
    return `${this.#run} ${String(message).padStart(8, '0')}`
  }

  #seatOf(message: number): number {
    return Math.floor(message / this.each)
  }

  #messageAt(bytes: Buffer, at: number): number {
    const message = numberAt(bytes, at + this.#run.length + 1)
    if (message >= this.#seats * this.each) throw new Error(`nobody has said that: ${bytes.toString('utf8', at)}`)
    return message
  }

  #parse(text: string, message: number, id: number): void {
    const frame: Record<string, unknown> = JSON.parse(text)
    const isWhole = typeof frame.user_id === 'string' && typeof frame.from_admin === 'boolean' && typeof frame.sent_at === 'string'
    if (frame.message !== this.#text(message) || frame.id !== id || !isWhole) throw new Error(`not what was said: ${text}`)
  }
}

const begins = (bytes: Buffer, at: number, text: Buffer): boolean => {
  for (let n = 0; n < text.length; n++) if (bytes[at + n] !== text[n]) return false
  return true
}

/** Where a frame goes on behind these bytes. */
const after = (bytes: Buffer, from: number, to: number, text: Buffer): number => {
  for (let at = from; at < to; at++) if (begins(bytes, at, text)) return at + text.length
  throw new Error(`a delivery without an id: ${bytes.toString('utf8', from, to)}`)
}

const numberAt = (bytes: Buffer, from: number): number => {
  let value = 0
  for (let at = from; ; at++) {
    const digit = bytes[at] ?? 0
    if (digit < ZERO || digit > NINE) return value
    value = value * 10 + digit - ZERO
  }
}
