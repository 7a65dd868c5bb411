import {
  ackFrame,
  deskStateFrame,
  errorFrame,
  frameErrorFrame,
  noticeFrame,
  parseFrame,
  readReceiptFrame,
  returnedFrame,
  typingFrame,
} from '../dialects/recovery/frames.ts'
import { decideRoomFrame, getsMessage, getsSignal } from '../model/room-machine.ts'
import type { Settings } from '../model/settings.ts'
import type { QueueReturn } from '../model/silent-holder.ts'
import type { Connection, ConnectionState, NewMessage, StoredMessage } from '../model/support.ts'
import type { DeskPresence } from '../model/waiting.ts'
import { messageFrames, readMarkFrames, waitingFrames } from './message-frames.ts'
import { addMessage, type RoomStorage } from './room-storage.ts'
import type { SocketHost } from './socket-host.ts'

interface RoomChatOptions {
  readonly state: DurableObjectState
  readonly host: SocketHost
  readonly stored: () => RoomStorage
  /** The number of the room's person in the contract, and of any account. */
  readonly personId: () => number
  readonly numberOf: (accountId: number) => number
  readonly settings: Settings
  readonly now: () => number
  readonly onStored: (message: StoredMessage) => void
  /** Staff have read messages. */
  readonly onReadByStaff: () => void
}

/** What the connections of a room send each other: messages, typing, read marks, and what a new connection has missed. */
export class RoomChat {
  readonly #options: RoomChatOptions

  constructor(options: RoomChatOptions) {
    this.#options = options
  }

  handleFrame(socket: WebSocket, connection: ConnectionState, data: string | ArrayBuffer): void {
    const { host, personId, onReadByStaff } = this.#options
    const { action, isFromV1Client } = decideRoomFrame(connection, parseFrame(data))
    if (isFromV1Client) host.enableV1Frames(socket, connection)
    if (action.type === 'store') {
      const stored = this.storeMessage(action.message, connection.country)
      const { clientId } = action.message
      if (!stored) host.send(socket, frameErrorFrame('no-such-file'))
      else if (clientId !== null) host.send(socket, ackFrame(stored.id, clientId))
    } else if (action.type === 'show-typing') {
      this.#sendSignal(connection, typingFrame(personId(), action.byStaff))
    } else if (action.type === 'catch-up') {
      this.#catchUp(socket, action.since)
    } else if (action.type === 'mark-read') {
      if (!this.#stored.tables.markRead(action.byStaff, action.id)) return
      if (action.byStaff) onReadByStaff()
      this.#sendSignal(connection, readReceiptFrame(personId(), action.id, action.byStaff))
    } else if (action.type === 'reject') host.send(socket, errorFrame(action.detail))
  }

  /** Stores first, sends then. There is no await in between, so all connections get the messages in the order of storage. */
  storeMessage(input: NewMessage, country: string | null): StoredMessage | null {
    const { state, host, settings, now, personId, numberOf, onStored } = this.#options
    const stored = state.storage.transactionSync(() => addMessage(this.#stored, input, { settings, country, now: now() }))
    if (!stored?.isNew) return stored?.message ?? null
    const { message, notice } = stored
    const frameFor = messageFrames(numberOf, personId(), message)
    host.broadcast((other) => (getsMessage(other, input.connectionId) ? frameFor(other) : null))
    const noticeOfAll = notice && noticeFrame(personId(), notice)
    if (noticeOfAll) host.broadcast(({ getsV1Frames }) => (getsV1Frames ? noticeOfAll : null))
    onStored(message)
    return message
  }

  /** Brings a new connection up to date. */
  greet(socket: WebSocket, { supportsV1, staff, since }: Connection): void {
    const { host, personId } = this.#options
    const { tables, waiting } = this.#stored
    const frames = supportsV1
      ? [...readMarkFrames(personId(), (byStaff) => tables.lastReadBy(byStaff)), ...waitingFrames(personId(), waiting, staff)]
      : []
    for (const frame of frames) host.send(socket, frame)
    if (since !== null) this.#catchUp(socket, since)
  }

  /** A person who is not connected gets it after the next connection, from the response to the report. */
  showDesk(presence: DeskPresence): void {
    const { host, personId } = this.#options
    if (host.list('person').length === 0 || !this.#stored.waiting.setDesk(presence)) return
    const frame = deskStateFrame(personId(), this.#stored.waiting.isStaffed() === true)
    host.broadcast(({ staff, getsV1Frames }) => (!staff && getsV1Frames ? frame : null))
  }

  /** Only staff get the name of the staff member who held the conversation. */
  showReturn(returned: QueueReturn): void {
    const { host, personId, numberOf } = this.#options
    const holder = { ...returned.holder, id: numberOf(returned.holder.id) }
    const [forStaff, forPerson] = [
      returnedFrame(personId(), { at: returned.at, holder }),
      returnedFrame(personId(), { at: returned.at, holder: null }),
    ]
    host.broadcast(({ staff, getsV1Frames }) => (getsV1Frames ? (staff ? forStaff : forPerson) : null))
  }

  #sendSignal(sender: ConnectionState, frame: object): void {
    this.#options.host.broadcast((other) => (getsSignal(other, sender) ? frame : null))
  }

  #catchUp(socket: WebSocket, since: number): void {
    const { state, host, numberOf } = this.#options
    const connection = host.get(socket)
    const personId = this.#options.personId()
    state.waitUntil(
      host.catchUp(socket, since, (after, limit) =>
        this.#stored.tables.messagesAfter(after, Number.MAX_SAFE_INTEGER, limit).map((message) => ({
          id: message.id,
          frame: connection && messageFrames(numberOf, personId, message)(connection),
        })),
      ),
    )
  }

  get #stored(): RoomStorage {
    return this.#options.stored()
  }
}
