import { type ChatFile, type ChatMessage, type Notice, parseMessage, parseNotice, parseUser, type User } from './messages.ts'
import { Outbox, type StoredMessage, type UnsentMessage } from './outbox.ts'
import type { ChatStorage } from './platform.ts'
import { type Connection, type ConnectionOptions, ReconnectingSocket } from './reconnecting-socket.ts'
import { browserStorage } from './storage.ts'
import { asText, type Fields, parseCount } from './values.ts'

/** The connection to one person's room, for the person and for staff. */

export interface ChatOptions extends ConnectionOptions {
  /**
   * The id of the last message that the app has: everything after it arrives first. 0, the default, is the whole conversation. Null
   * if the app reads older messages elsewhere: then nothing old arrives until it has called `seen`.
   */
  readonly lastSeen?: number | null | undefined
  /** Keeps unsent messages. The default is the browser's `sessionStorage`; null is none. */
  readonly storage?: ChatStorage | null | undefined
  /** The key in the storage. The default has the id of the room. */
  readonly storageKey?: string | undefined
  /** Each message once, in the order of the ids. What was sent over this connection does not arrive: see `onStored`. */
  onMessage?(message: ChatMessage): void
  /** The server has stored a message that this client has sent, perhaps before a reload. */
  onStored?(message: StoredMessage): void
  /** The unsent messages have changed. */
  onOutbox?(messages: readonly UnsentMessage[]): void
  /** The other side is typing. Hide it after some seconds: no event reports that they have stopped. */
  onTyping?(typing: { readonly fromAdmin: boolean }): void
  /** One side has read up to this message. All staff together are one side. */
  onRead?(mark: { readonly id: number; readonly fromAdmin: boolean }): void
  /** The automatic answer to the first message of a conversation. The last ones arrive again on each connection, with the same ids. */
  onNotice?(notice: Notice): void
  /** To the person only: whether any of the staff is connected. Not known while there is no connection. */
  onDesk?(desk: { readonly staffed: boolean }): void
  /** The staff member who had the conversation did not answer, and it is in the queue again. Only staff get `takenBy`. */
  onReturned?(event: { readonly at: string; readonly takenBy: User | null }): void
  /** The server has not accepted something else than a message. */
  onError?(detail: string): void
}

export interface Chat extends Connection {
  /** The messages that the server has not acknowledged, oldest first. */
  readonly outbox: readonly UnsentMessage[]
  /**
   * Keeps the message, and sends it until the server has acknowledged it. Resolves when it is stored; rejects if the server will
   * never accept it, if it is discarded, or if the chat is closed before.
   */
  send(text: string): Promise<StoredMessage>
  /** The same for a file that this account has uploaded (`uploadChatFile`). */
  sendFile(file: ChatFile): Promise<StoredMessage>
  /** Removes an unsent message. If it was sent, the server may have stored it. */
  discard(clientId: string): void
  /** To be called at each key press: it is sent every few seconds. */
  typing(): void
  /** The person or the staff member has had this message on the screen. */
  read(id: number): void
  /** The app has all messages up to this one: what is newer arrives, now and after each reconnection. */
  seen(id: number): void
}

const TYPING_INTERVAL_MS = 3_000

export const connectChat = (options: ChatOptions): Chat => {
  const { url, lastSeen = 0, storage = browserStorage('sessionStorage') } = options
  /**
   * Up to this id nothing is missing. Acknowledgements do not move it, because they may arrive before older messages that are still
   * being replayed.
   */
  let position = lastSeen
  /** The messages after the position that the app has all the same. A replay contains them. */
  const known = new Set<number>()
  let readId = 0
  let unsentReadId = 0
  let typingSentAt = 0

  const outbox = new Outbox({
    storage,
    key: options.storageKey ?? `concord.unsent.${/(\d*)\/?$/.exec(url)?.[1]}`,
    send: (frame) => socket.send(frame),
    onChange: options.onOutbox,
    onStored: options.onStored,
  })

  const add = (message: { readonly text: string; readonly file?: ChatFile }): Promise<StoredMessage> => {
    // Typing that follows is about the next message, and is sent at once.
    typingSentAt = 0
    return outbox.add(message)
  }

  const sendRead = (): void => {
    if (unsentReadId > 0 && socket.send({ type: 'read', id: unsentReadId })) unsentReadId = 0
  }

  const onMessage = (frame: Fields): void => {
    const message = parseMessage(frame)
    if (!message) return
    const { id, sentAt } = message
    // A replay contains what this client has sent itself, perhaps before the acknowledgement.
    const isKnown = outbox.acknowledge(asText(frame.client_id), id, sentAt) || known.has(id)
    if (position === null) known.add(id)
    else {
      if (id <= position) return
      position = id
      for (const knownId of known) if (knownId <= id) known.delete(knownId)
    }
    if (!isKnown) options.onMessage?.(message)
  }

  const onFrame = (frame: Fields): void => {
    const type = asText(frame.event) || asText(frame.type)
    const fromAdmin = frame.from_admin === true
    const id = parseCount(frame.id)
    if (type === 'chat_message') onMessage(frame)
    else if (type === 'ack') {
      if (id > (position ?? 0)) known.add(id)
      outbox.acknowledge(asText(frame.client_id), id)
    } else if (type === 'typing') options.onTyping?.({ fromAdmin })
    else if (type === 'read') options.onRead?.({ id, fromAdmin })
    else if (type === 'returned') {
      // The read mark of the staff has gone back. What they read now counts again.
      readId = 0
      options.onReturned?.({ at: asText(frame.at), takenBy: parseUser(frame.taken_by) })
    } else if (type === 'notice') {
      const notice = parseNotice(frame)
      if (notice) options.onNotice?.(notice)
    } else if (type === 'desk') options.onDesk?.({ staffed: frame.staffed === true })
    else if (type === 'error' && !outbox.reject(asText(frame.detail))) options.onError?.(asText(frame.detail))
  }

  const socket = new ReconnectingSocket({
    ...options,
    position: () => position,
    onOpen: () => {
      options.onOpen?.()
      sendRead()
      outbox.resend()
    },
    onFrame,
  })

  return {
    get state() {
      return socket.state
    },
    get outbox() {
      return outbox.messages
    },
    send: (text) => add({ text }),
    sendFile: (file) => add({ text: `[${file.name}]`, file }),
    discard: (clientId) => outbox.discard(clientId),
    typing: () => {
      const now = Date.now()
      // While messages are unsent, the rate limit may be nearly used up. Typing frames would use it, too.
      if (outbox.messages.length > 0 || now - typingSentAt < TYPING_INTERVAL_MS) return
      if (socket.send({ type: 'typing' })) typingSentAt = now
    },
    read: (id) => {
      if (id <= readId) return
      readId = id
      unsentReadId = id
      sendRead()
    },
    seen: (id) => {
      const isFirst = position === null
      position = Math.max(position ?? 0, id)
      if (isFirst) socket.send({ type: 'resume', since: id })
    },
    setToken: (token) => socket.setToken(token),
    reconnect: () => socket.reconnect(),
    close: () => {
      socket.close()
      outbox.close()
    },
  }
}
