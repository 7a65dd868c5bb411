import type { Connection, PersonRef } from '../../../src/model/support.ts'
import type { ClientSocket } from '../platform/sockets.ts'
import type { World } from './world.ts'

/** A message that a client has to get stored. */
export interface OwnMessage {
  readonly clientId: string
  readonly text: string
  readonly sentAt: number
  /** Null until it is acknowledged. */
  id: number | null
}

type Frame = Readonly<Record<string, unknown>>

/** How long a client waits before it connects again. */
const RECONNECT_MS = 1000
/** A message at the desk that was not acknowledged by then is sent again. In a room, the socket has to break first. */
const RESEND_MS = 15_000

/**
 * A client of the chat that follows docs/sockets.md: it connects again with the last id that it has received, and sends every
 * message again that was not acknowledged. What it gets is checked at once as far as possible.
 */
abstract class ChatClient {
  readonly world: World
  readonly account: PersonRef
  readonly name: string
  readonly unacknowledged = new Map<string, OwnMessage>()
  readonly sent: OwnMessage[] = []
  protected socket: ClientSocket | null = null
  /** The last id that was received. */
  protected since = 0
  connectedAt = 0
  #isConnecting = false
  /** Whether it wants to be connected. */
  #isHere = false
  #connections = 0

  constructor(world: World, account: PersonRef, name: string) {
    this.world = world
    this.account = account
    this.name = name
  }

  protected abstract readonly target: PersonRef | 'desk'
  protected abstract readonly isStaff: boolean
  protected abstract frameOf(message: OwnMessage): object
  protected abstract handle(frame: Frame): void

  get isConnected(): boolean {
    return this.socket?.isOpen === true
  }

  connect(): void {
    this.#isHere = true
    if (this.#isConnecting || this.isConnected) return
    this.#isConnecting = true
    const connection = this.#connection()
    this.world.handshake(this.target, connection).then(
      (socket) => this.#open(socket),
      () => this.#reconnect(),
    )
  }

  #connection(): Connection {
    const { world, account, isStaff } = this
    return {
      ...account,
      connectionId: `${this.name}.${++this.#connections}`,
      staff: isStaff,
      credentialId: world.credentialOf(account.id),
      expiresAt: Number.MAX_SAFE_INTEGER,
      supportsV1: true,
      since: this.since,
      country: null,
    }
  }

  #open(socket: ClientSocket): void {
    this.#isConnecting = false
    if (!this.#isHere) {
      socket.close()
      return
    }
    this.socket = socket
    this.connectedAt = this.world.scheduler.now
    socket.attach({
      onFrame: (text) => this.#receive(socket, text),
      onClose: () => {
        if (this.socket === socket) this.#reconnect()
      },
    })
    for (const message of this.unacknowledged.values()) this.#transmit(message)
  }

  #reconnect(): void {
    this.#isConnecting = false
    this.socket = null
    if (this.#isHere) this.world.scheduler.plain(this.world.random.between(0, RECONNECT_MS), () => this.#isHere && this.connect())
  }

  leave(): void {
    // A client that disconnects before the acknowledgement sends the message again after it has reconnected.
    for (const { text } of this.unacknowledged.values()) this.world.noteLeft(text)
    this.#isHere = false
    this.socket?.close()
    this.socket = null
  }

  breakLine(): void {
    this.socket?.break()
  }

  send(text: string): void {
    const { world } = this
    const message: OwnMessage = { clientId: `${this.name}-${this.sent.length}`, text, sentAt: world.scheduler.now, id: null }
    this.sent.push(message)
    this.unacknowledged.set(message.clientId, message)
    this.#transmit(message)
  }

  #transmit(message: OwnMessage): void {
    this.socket?.send(JSON.stringify(this.frameOf(message)))
  }

  protected resendLater(message: OwnMessage): void {
    this.world.scheduler.plain(RESEND_MS, () => {
      if (!this.unacknowledged.has(message.clientId)) return
      this.#transmit(message)
      this.resendLater(message)
    })
  }

  #receive(socket: ClientSocket, text: string): void {
    // Frames of a socket that the client has given up.
    if (socket !== this.socket) return
    const frame: unknown = JSON.parse(text)
    this.handle({ ...Object(frame) })
  }

  protected acknowledge(frame: Frame): void {
    const message = this.unacknowledged.get(String(frame.client_id))
    if (!message) return
    message.id = Number(frame.id)
    this.unacknowledged.delete(message.clientId)
    this.onAcknowledged(message)
  }

  protected abstract onAcknowledged(message: OwnMessage): void
}

/** A device of a person in their own room, or a staff member in it. */
export class RoomClient extends ChatClient {
  readonly target: PersonRef
  readonly isStaff: boolean
  /** The messages that this client has: by a frame, or because they are its own and were acknowledged. */
  readonly known = new Map<number, string>()

  constructor(world: World, account: PersonRef, person: PersonRef, name: string) {
    super(world, account, name)
    this.target = person
    this.isStaff = account.id !== person.id
  }

  protected frameOf({ clientId, text }: OwnMessage): object {
    return { message: text, client_id: clientId }
  }

  protected handle(frame: Frame): void {
    if (frame.type === 'ack') this.acknowledge(frame)
    if (frame.event === 'error') this.world.fail(`${this.name} got an error: ${frame.detail}`)
    if (frame.event !== 'chat_message') return
    const id = Number(frame.id)
    if (id <= this.since) this.world.fail(`${this.name} got message ${id} after ${this.since}`)
    this.since = id
    this.#know(id, String(frame.message))
    this.world.checkDelay(this, String(frame.message))
  }

  protected onAcknowledged(message: OwnMessage): void {
    this.#know(message.id ?? 0, message.text)
    this.world.checkStored(this.target, message)
  }

  #know(id: number, text: string): void {
    const before = this.known.get(id)
    if (before !== undefined && before !== text) this.world.fail(`${this.name} got two messages with the id ${id}`)
    this.known.set(id, text)
  }
}

interface RoomSummary {
  readonly user_id: string
  readonly last_message: { readonly id: number } | null
}

const roomFrom = (room: unknown): RoomSummary => Object(room)

/** A staff member at the desk. */
export class DeskClient extends ChatClient {
  readonly target = 'desk' as const
  readonly isStaff = true
  /** `<person> <id>` of each message that it has seen. */
  readonly seen = new Set<string>()
  readonly #received = new Set<string>()
  /** The newest message that the inbox has shown of each room. */
  readonly #shown = new Map<string, number>()
  #recipients = new Map<string, number>()

  sendTo(person: PersonRef, text: string): void {
    this.#recipients.set(text, person.id)
    this.send(text)
    const message = this.sent.at(-1)
    if (message) this.resendLater(message)
  }

  recipientOf({ text }: OwnMessage): number {
    return this.#recipients.get(text) ?? 0
  }

  protected frameOf(message: OwnMessage): object {
    return { message: message.text, client_id: message.clientId, user_id: this.recipientOf(message) }
  }

  protected handle(frame: Frame): void {
    if (frame.type === 'ack') this.acknowledge(frame)
    if (typeof frame.event_id !== 'number') return
    if (frame.event_id <= this.since) this.world.fail(`${this.name} got event ${frame.event_id} after ${this.since}`)
    this.since = frame.event_id
    if (frame.event === 'room') this.#checkSummary(roomFrom(frame.room))
    if (frame.event !== 'chat_message') return
    const message = `${frame.user_id} ${frame.id}`
    if (this.#received.has(message)) this.world.fail(`${this.name} got the message ${message} twice`)
    this.#received.add(message)
    this.seen.add(message)
  }

  #checkSummary({ user_id: userId, last_message: last }: RoomSummary): void {
    const id = last?.id ?? 0
    if (id < (this.#shown.get(userId) ?? 0))
      this.world.fail(`${this.name} was shown an older state of the room of ${userId} after a newer one`)
    this.#shown.set(userId, id)
  }

  protected onAcknowledged(message: OwnMessage): void {
    this.seen.add(`${this.recipientOf(message)} ${message.id}`)
    this.world.checkStored({ id: this.recipientOf(message), username: '' }, message)
  }
}
