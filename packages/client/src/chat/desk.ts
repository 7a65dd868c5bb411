import { type DeskEvent, parseDeskEvent } from './desk-events.ts'
import { Outbox, type StoredMessage, type UnsentMessage } from './outbox.ts'
import type { ChatStorage } from './platform.ts'
import { type Connection, type ConnectionOptions, ReconnectingSocket } from './reconnecting-socket.ts'
import { browserStorage } from './storage.ts'
import { asText, type Fields, parseCount, parseId } from './values.ts'

/** The connection to the desk, over which staff receive the events of all rooms. */

export interface DeskOptions extends ConnectionOptions {
  /** The `eventId` of the last event that the app has handled. Without it nothing old arrives. The desk keeps 30 days. */
  readonly lastSeen?: number | null | undefined
  /** Keeps unsent messages. The default is the browser's `sessionStorage`; null is none. */
  readonly storage?: ChatStorage | null | undefined
  /** Each event once. */
  onEvent?(event: DeskEvent): void
  /** The server has stored a message that this client has sent, perhaps before a reload. */
  onStored?(message: StoredMessage): void
  onOutbox?(messages: readonly UnsentMessage[]): void
  onError?(detail: string): void
}

export interface Desk extends Connection {
  readonly outbox: readonly UnsentMessage[]
  /** Writes to a person. Resolves when the message is stored, like `send` of a chat. */
  send(userId: number, text: string): Promise<StoredMessage>
  discard(clientId: string): void
}

/** Shorter than in a room: until a dead connection is noticed, staff are not warned that no alarm can arrive. */
const PING_INTERVAL_MS = 8_000
const MAX_IDS = 1_000

export const connectDesk = (options: DeskOptions): Desk => {
  const { lastSeen = null, storage = browserStorage('sessionStorage') } = options
  /** The last event that arrived, which need not be the newest: live ones may arrive during a replay. */
  let position = lastSeen
  /** The latest events. A replay may repeat them. */
  const received = new Set<number>()

  const outbox = new Outbox({
    storage,
    key: 'concord.unsent.desk',
    send: (frame) => socket.send(frame),
    onChange: options.onOutbox,
    onStored: options.onStored,
  })

  const onEvent = (id: number, frame: Fields): void => {
    if (received.has(id)) return
    if (received.size >= MAX_IDS) received.clear()
    received.add(id)
    position = id
    const event = parseDeskEvent(frame)
    if (event) options.onEvent?.(event)
  }

  const socket = new ReconnectingSocket({
    ...options,
    pingIntervalMs: PING_INTERVAL_MS,
    position: () => position,
    onOpen: () => {
      options.onOpen?.()
      outbox.resend()
    },
    onFrame: (frame) => {
      const id = parseId(frame.event_id)
      if (id !== null) onEvent(id, frame)
      else if (frame.type === 'ack') outbox.acknowledge(asText(frame.client_id), parseCount(frame.id))
      else if (frame.event === 'error' && !outbox.reject(asText(frame.detail))) options.onError?.(asText(frame.detail))
    },
  })

  return {
    get state() {
      return socket.state
    },
    get outbox() {
      return outbox.messages
    },
    send: (userId, text) => outbox.add({ userId, text }),
    discard: (clientId) => outbox.discard(clientId),
    setToken: (token) => socket.setToken(token),
    reconnect: () => socket.reconnect(),
    close: () => {
      socket.close()
      outbox.close()
    },
  }
}
