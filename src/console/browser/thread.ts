import { returnEvent, type ThreadEvent } from './alarm-events.ts'
import { type Api, ApiError } from './api.ts'
import { Composer } from './composer.ts'
import { announce, button, el } from './dom.ts'
import { History } from './history.ts'
import { MessageList } from './message-list.ts'
import { MessageSender } from './message-sender.ts'
import { ReadMarks } from './read-marks.ts'
import { type ConnectionState, ReconnectingSocket } from './reconnecting-socket.ts'
import { loadDraft, loadPending, saveDraft } from './saved-state.ts'
import { Scroller } from './scroller.ts'
import { ThreadFiles } from './thread-files.ts'
import { EMPTY_TIMELINE, firstId, lastId, type Timeline, withMessages, withPending } from './timeline.ts'
import { Typing } from './typing.ts'
import { asText, type ChatFile, type Message, type Notice, parseId, parseMessage, parseNotice, parseUser } from './wire.ts'

/** One conversation, for staff and for the person: the message list, the composer, and a socket that reconnects by itself. */

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
  readonly #sender: MessageSender
  readonly #history: History
  readonly #options: ThreadOptions
  readonly #socket: ReconnectingSocket
  readonly #scroller = new Scroller(() => void this.#history.loadEarlier())
  readonly #list: MessageList
  readonly #earlierButton = button('Earlier messages', () => this.#history.loadEarlier(), { class: 'load-earlier', hidden: true })
  readonly #typing: Typing
  #timeline: Timeline
  #events: readonly ThreadEvent[] = []
  /** When the conversation went back to the queue, by time. */
  readonly #returns = new Map<string, ThreadEvent>()
  readonly #notices = new Map<number, Notice>()
  /**
   * Up to this id nothing is missing: the position to resume from. Acknowledgements of own messages do not move it, because
   * they may arrive before older messages that are still being replayed.
   */
  #resumeId = 0
  readonly #readMarks: ReadMarks
  #closed = false

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#readMarks = new ReadMarks(options.isAdmin)
    this.#timeline = loadPending(options.userId).reduce(withPending, EMPTY_TIMELINE)
    const { userId, token = null } = options
    this.element = el('div', { class: 'thread' })
    this.#sender = new MessageSender({
      userId,
      timeline: () => this.#timeline,
      isConnected: () => this.#socket.isOpen,
      send: (frame) => this.#socket.send(frame),
      onChange: (timeline) => {
        this.#timeline = timeline
        this.#render()
      },
    })
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
      onUploaded: (file) => this.#sendMessage(`[${file.name}]`, file),
      onArrived: (show) => this.#keepAtEnd(show),
    })
    const handlers = {
      onSend: (text: string) => this.#sendMessage(text),
      // While messages are pending, the rate limit may be nearly used up. Typing frames would use it, too.
      onTyping: () => this.#timeline.pending.length === 0 && this.#typing.send(),
      onDraft: (text: string) => saveDraft(userId, text),
    }
    this.composer = new Composer(loadDraft(userId), handlers, this.#files.control)
    this.#list = new MessageList({
      isAdmin: options.isAdmin,
      otherName: options.otherName,
      stateText: (pending) => this.#sender.stateText(pending),
      onDiscard: (clientId) => this.#sender.discard(clientId),
      fileView: (file) => this.#files.view(file),
    })
    this.#typing = new Typing(options.otherName, () => this.#socket.send({ type: 'typing' }))
    this.#scroller.element.append(this.#earlierButton, this.#list.element)
    this.element.append(this.#scroller.element, this.#typing.element, this.#files.element, this.composer.element)
    document.addEventListener('visibilitychange', this.#markRead)
    addEventListener('focus', this.#markRead)
    this.#socket = new ReconnectingSocket({
      path: () => `/ws/chat/${userId}/${this.#history.isLoaded ? `?since=${this.#resumeId}` : ''}`,
      token,
      onOpen: () => this.#onOpen(),
      onFrame: (frame) => this.#onFrame(frame),
      onState: (state) => {
        this.#render()
        options.onState(state)
      },
      onRejected: (reason) => {
        if (reason === 'unauthenticated') options.onLoggedOut()
        else if (reason === 'forbidden') options.onError('You do not have access to this conversation.')
        else void this.#findRejectionReason()
      },
    })
    this.#socket.start()
  }

  /** The owner gets no response from the server: the connection may be dead, too. */
  checkConnection(): void {
    this.#socket.check()
  }

  close(): void {
    this.#closed = true
    this.#socket.stop()
    this.#scroller.close()
    this.#files.close()
    this.#history.close()
    this.#sender.close()
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

  /**
   * A browser does not tell why a WebSocket handshake was rejected. Reading the socket's URL is rejected for the same reason,
   * and that response gives it.
   */
  async #findRejectionReason(): Promise<void> {
    try {
      await this.#options.api('GET', `/api/v1/chat/user/support/${this.#options.userId}/`)
    } catch (error) {
      if (this.#closed || !(error instanceof ApiError) || error.status >= 500) return
      if (error.status === 401) return this.#options.onLoggedOut()
      if (error.status !== 403 && error.status !== 404) return
      this.#socket.stop()
      this.#options.onError(error.message)
    }
  }

  #onOpen(): void {
    // The socket is already open: new messages arrive over it meanwhile, so none is lost between history and socket.
    if (!this.#history.isLoaded) void this.#history.loadLatest()
    this.#sender.resend()
  }

  #onLatest(messages: readonly Message[]): void {
    this.#resumeId = Math.max(this.#resumeId, messages.at(-1)?.id ?? 0)
    this.#show(messages)
    this.#scroller.toEnd()
    this.#markRead()
  }

  #show(messages: readonly Message[]): void {
    this.#timeline = withMessages(this.#timeline, messages)
    this.#render()
  }

  #onFrame(frame: Readonly<Record<string, unknown>>): void {
    const type = asText(frame.event) || asText(frame.type)
    if (type === 'chat_message') this.#onMessage(parseMessage(frame))
    else if (type === 'ack') this.#onAck(asText(frame.client_id), parseId(frame.id), asText(frame.sent_at))
    else if (type === 'typing' && (frame.from_admin === true) !== this.#options.isAdmin) this.#typing.show()
    else if (type === 'read') this.#onRead(frame.from_admin === true, parseId(frame.id) ?? 0)
    else if (type === 'returned') this.addReturns([returnEvent(asText(frame.at), this.#options.isAdmin ? parseUser(frame.taken_by) : null)])
    else if (type === 'notice') this.#onNotice(parseNotice(frame))
    else if (type === 'desk') this.#options.onDesk?.(frame.staffed === true)
    else if (type === 'error') this.#onErrorFrame(asText(frame.detail))
  }

  #onMessage(message: Message | null): void {
    if (!message) return
    const isNew = message.id > lastId(this.#timeline)
    this.#resumeId = Math.max(this.#resumeId, message.id)
    this.#keepAtEnd(() => this.#show([message]))
    if (!isNew || message.fromAdmin === this.#options.isAdmin) return
    this.#typing.hide()
    announce(`${this.#options.otherName}: ${message.text}`)
    this.#options.onNewMessage?.()
    this.#markRead()
  }

  /** The server sends the old ones again on each connection. */
  #onNotice(notice: Notice | null): void {
    if (!notice || this.#notices.has(notice.after)) return
    this.#notices.set(notice.after, notice)
    this.#keepAtEnd(() => this.#render())
    if (this.#history.isLoaded) announce(notice.text)
  }

  #sendMessage(text: string, file?: ChatFile): void {
    this.#typing.onSent()
    this.#sender.add(text, file)
    this.#scroller.toEnd()
  }

  /** An error that does not concern the message that is being sent concerns the conversation. */
  #onErrorFrame(detail: string): void {
    const reason = /^(?:message|file): (.*)/s.exec(detail)?.[1]
    if (reason === undefined || !this.#sender.reject(reason)) this.#options.onError(detail)
  }

  #onAck(clientId: string, id: number | null, sentAt: string): void {
    if (id === null) return
    const { isAdmin: fromAdmin, ownName } = this.#options
    const stored = { id, fromAdmin, sentAt: sentAt || new Date().toISOString(), ...(ownName && { senderName: ownName }) }
    this.#keepAtEnd(() => this.#sender.acknowledge(clientId, stored))
  }

  #onRead(byAdmin: boolean, id: number): void {
    this.#readMarks.set(byAdmin, id)
    this.#render()
    this.#reportUnread()
  }

  #reportUnread(): void {
    if (this.#history.isLoaded) this.#options.onUnread?.(this.#readMarks.unread(this.#timeline.messages).length)
  }

  /** Messages count as read only while the page is visible. */
  #markRead = (): void => {
    const last = this.#readMarks.unread(this.#timeline.messages).at(-1)
    const isSeen = this.#history.isLoaded && document.visibilityState === 'visible'
    if (last && isSeen && this.#socket.send({ type: 'read', id: last.id })) this.#readMarks.setOwn(last.id)
    this.#reportUnread()
  }

  /** Whoever reads the end of the conversation stays there. */
  #keepAtEnd(change: () => void): void {
    const wasAtEnd = this.#scroller.isAtEnd
    change()
    if (wasAtEnd) this.#scroller.toEnd()
  }

  #render(): void {
    this.#earlierButton.hidden = this.#history.isComplete || !this.#history.isLoaded
    this.#list.render(this.#timeline, {
      events: [...this.#events, ...this.#returns.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      notices: this.#notices,
      readByOther: this.#readMarks.other,
      isLoaded: this.#history.isLoaded,
      isFromStart: this.#history.isComplete,
    })
  }
}
