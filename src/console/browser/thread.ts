import { type Chat, connectChat } from '#chat/chat.ts'
import type { ChatMessage, Notice } from '#chat/messages.ts'
import type { StoredMessage, UnsentMessage } from '#chat/outbox.ts'
import type { ConnectionState } from '#chat/reconnecting-socket.ts'
import { returnEvent, type ThreadEvent } from './alarm-events.ts'
import type { Api } from './api.ts'
import { Composer } from './composer.ts'
import { announce, button, el } from './dom.ts'
import { History } from './history.ts'
import { MessageList } from './message-list.ts'
import { ReadMarks } from './read-marks.ts'
import { loadDraft, saveDraft } from './saved-state.ts'
import { Scroller } from './scroller.ts'
import { ThreadFiles } from './thread-files.ts'
import { firstId, lastId, type Timeline, withMessages } from './timeline.ts'
import { Typing } from './typing.ts'

/** One conversation, for staff and for the person: the message list, the composer, and the connection to the room. */

interface ThreadOptions {
  readonly userId: number
  /** Whether this page is the support side of the conversation. */
  readonly isAdmin: boolean
  /** The name that is shown for the other side. */
  readonly otherName: string
  readonly api: Api
  readonly token?: string | null
  /** Where older messages are read. */
  readonly historyPath: string
  /** The name that this side's new messages are shown with. */
  readonly ownName?: string
  onState(state: ConnectionState): void
  onLoggedOut(): void
  /** Errors from the server that do not concern one message. */
  onError(message: string): void
  /** Whether staff are at the desk. */
  onDesk?(isStaffed: boolean): void
  /** A message of the other side has arrived. */
  onNewMessage?(): void
  /** How many messages of the other side this side has not read. */
  onUnread?(count: number): void
}

export class Thread {
  readonly element: HTMLElement
  readonly composer: Composer
  readonly #files: ThreadFiles
  readonly #history: History
  readonly #options: ThreadOptions
  readonly #chat: Chat
  readonly #scroller = new Scroller(() => void this.#history.loadEarlier())
  readonly #list: MessageList
  readonly #earlierButton = button('Earlier messages', () => this.#history.loadEarlier(), { class: 'load-earlier', hidden: true })
  readonly #typing: Typing
  #timeline: Timeline = []
  #events: readonly ThreadEvent[] = []
  /** When the conversation went back to the queue, by time. */
  readonly #returns = new Map<string, ThreadEvent>()
  readonly #notices = new Map<number, Notice>()
  readonly #readMarks: ReadMarks

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#readMarks = new ReadMarks(options.isAdmin)
    const { userId, token = null } = options
    this.element = el('div', { class: 'thread' })
    this.#history = new History({
      api: options.api,
      path: options.historyPath,
      firstId: () => firstId(this.#timeline),
      onLatest: (messages) => this.#onLatest(messages),
      // Older messages are added above. The scroll position is corrected, so that the text being read does not move.
      onEarlier: (messages) => this.#scroller.keepPosition(() => this.#show(messages)),
      onLoading: (isLoading) => {
        this.#earlierButton.disabled = isLoading
      },
      onLoggedOut: options.onLoggedOut,
    })
    this.#files = new ThreadFiles(this.element, {
      userId,
      token,
      onUploaded: (file) => {
        void this.#chat.sendFile(file)
        this.#scroller.toEnd()
      },
      onArrived: (show) => this.#keepAtEnd(show),
    })
    const handlers = {
      onSend: (text: string) => {
        void this.#chat.send(text)
        this.#scroller.toEnd()
      },
      onTyping: () => this.#chat.typing(),
      onDraft: (text: string) => saveDraft(userId, text),
    }
    this.composer = new Composer(loadDraft(userId), handlers, this.#files.control)
    this.#list = new MessageList({
      isAdmin: options.isAdmin,
      otherName: options.otherName,
      stateText: (message) => stateText(message, this.#chat.state),
      onDiscard: (clientId) => this.#chat.discard(clientId),
      fileView: (file) => this.#files.view(file),
    })
    this.#typing = new Typing(options.otherName)
    this.#scroller.element.append(this.#earlierButton, this.#list.element)
    this.element.append(this.#scroller.element, this.#typing.element, this.#files.element, this.composer.element)
    document.addEventListener('visibilitychange', this.#markRead)
    addEventListener('focus', this.#markRead)
    this.#chat = connectChat({
      url: `${location.origin}/ws/chat/${userId}/`,
      token,
      lastSeen: null, // until the history is loaded
      onState: (state) => {
        this.#render()
        options.onState(state)
      },
      // Messages arrive over the open connection meanwhile, so none is lost between the history and the connection.
      onOpen: () => !this.#history.isLoaded && void this.#history.loadLatest(),
      onLoggedOut: options.onLoggedOut,
      onForbidden: (reason) => options.onError(reason || 'You do not have access to this conversation.'),
      onMessage: (message) => this.#onMessage(message),
      onStored: (stored) => this.#onStored(stored),
      onOutbox: () => this.#render(),
      onTyping: ({ fromAdmin }) => fromAdmin !== options.isAdmin && this.#typing.show(),
      onRead: ({ id, fromAdmin }) => this.#onRead(fromAdmin, id),
      onReturned: ({ at, takenBy }) => this.addReturns([returnEvent(at, options.isAdmin ? takenBy : null)]),
      onNotice: (notice) => this.#onNotice(notice),
      onDesk: ({ staffed }) => options.onDesk?.(staffed),
      onError: options.onError,
    })
  }

  /** The owner gets no response from the server: the connection may be dead, too. */
  checkConnection(): void {
    this.#chat.reconnect()
  }

  close(): void {
    this.#chat.close()
    this.#scroller.close()
    this.#files.close()
    this.#history.close()
    this.#typing.hide()
    document.removeEventListener('visibilitychange', this.#markRead)
    removeEventListener('focus', this.#markRead)
  }

  /** The last message on the screen; 0 if there is none. */
  get lastMessageId(): number {
    return lastId(this.#timeline)
  }

  /** The same event may arrive over the socket and in the list. */
  addReturns(events: readonly ThreadEvent[]): void {
    for (const event of events) this.#returns.set(event.key, event)
    this.#keepAtEnd(() => this.#render())
  }

  /** Shows these events between the messages. */
  setEvents(events: readonly ThreadEvent[]): void {
    this.#events = events
    this.#keepAtEnd(() => this.#render())
  }

  #onLatest(messages: readonly ChatMessage[]): void {
    this.#show(messages)
    this.#chat.seen(messages.at(-1)?.id ?? 0)
    this.#scroller.toEnd()
    this.#markRead()
  }

  #show(messages: readonly ChatMessage[]): void {
    this.#timeline = withMessages(this.#timeline, messages)
    this.#render()
  }

  #onMessage(message: ChatMessage): void {
    const isNew = message.id > lastId(this.#timeline)
    this.#keepAtEnd(() => this.#show([message]))
    if (!isNew || message.fromAdmin === this.#options.isAdmin) return
    this.#typing.hide()
    announce(`${this.#options.otherName}: ${message.text}`)
    this.#options.onNewMessage?.()
    this.#markRead()
  }

  /** The server sends the old ones again on each connection. */
  #onNotice(notice: Notice): void {
    if (this.#notices.has(notice.after)) return
    this.#notices.set(notice.after, notice)
    this.#keepAtEnd(() => this.#render())
    if (this.#history.isLoaded) announce(notice.text)
  }

  #onStored({ id, text, sentAt, file }: StoredMessage): void {
    const { isAdmin: fromAdmin, ownName } = this.#options
    const message = { id, text, fromAdmin, sentAt, ...(ownName && { senderName: ownName }), ...(file && { file }) }
    this.#keepAtEnd(() => this.#show([message]))
  }

  #onRead(byAdmin: boolean, id: number): void {
    this.#readMarks.set(byAdmin, id)
    this.#render()
    this.#reportUnread()
  }

  #reportUnread(): void {
    if (this.#history.isLoaded) this.#options.onUnread?.(this.#readMarks.unread(this.#timeline).length)
  }

  /** Messages count as read only while the page is visible. */
  #markRead = (): void => {
    const last = this.#readMarks.unread(this.#timeline).at(-1)
    const isSeen = this.#history.isLoaded && document.visibilityState === 'visible'
    if (last && isSeen) {
      this.#chat.read(last.id)
      this.#readMarks.setOwn(last.id)
    }
    this.#reportUnread()
  }

  /** Keeps the end of the conversation in view if it was in view before. */
  #keepAtEnd(change: () => void): void {
    const wasAtEnd = this.#scroller.isAtEnd
    change()
    if (wasAtEnd) this.#scroller.toEnd()
  }

  #render(): void {
    this.#earlierButton.hidden = this.#history.isComplete || !this.#history.isLoaded
    this.#list.render({
      messages: this.#timeline,
      unsent: this.#chat.outbox,
      events: [...this.#events, ...this.#returns.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      notices: this.#notices,
      readByOther: this.#readMarks.other,
      isLoaded: this.#history.isLoaded,
      isFromStart: this.#history.isComplete,
    })
  }
}

/** What is shown beside a message that is not acknowledged. */
const stateText = ({ state, attempts, rejection }: UnsentMessage, connection: ConnectionState): string => {
  if (state === 'rejected') return `Not accepted: ${rejection}`
  if (connection !== 'open') return 'Waiting for the connection'
  if (state === 'waiting') return 'Waiting'
  return attempts > 1 ? `Trying again (${attempts})` : 'Sending…'
}
