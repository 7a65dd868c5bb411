import { returnEvent, type ThreadEvent } from './alarm-events.ts'
import { type Api, ApiError, isUnauthenticated } from './api.ts'
import { Attachments } from './attachments.ts'
import { reconnectDelay } from './backoff.ts'
import { Composer } from './composer.ts'
import { announce, button, el } from './dom.ts'
import { fileView } from './file-view.ts'
import { MessageList } from './message-list.ts'
import { randomId } from './random-id.ts'
import { ReadMarks } from './read-marks.ts'
import { type ConnectionState, ReconnectingSocket } from './reconnecting-socket.ts'
import { loadDraft, loadPending, saveDraft, savePending } from './saved-state.ts'
import { Scroller } from './scroller.ts'
import {
  EMPTY_TIMELINE,
  firstId,
  lastId,
  type Pending,
  type Timeline,
  withAcknowledgement,
  withAttempt,
  withMessages,
  withoutPending,
  withPending,
  withRejection,
} from './timeline.ts'
import { Typing } from './typing.ts'
import { asText, type ChatFile, type Message, type Notice, parseId, parseMessage, parseNotice, parsePage, parseUser } from './wire.ts'

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

const PAGE_SIZE = 50
const ACK_TIMEOUT_MS = 8_000

export class Thread {
  readonly element: HTMLElement
  readonly composer: Composer
  readonly #attachments: Attachments
  readonly #options: ThreadOptions
  readonly #socket: ReconnectingSocket
  readonly #scroller = new Scroller(() => void this.#loadEarlier())
  readonly #list: MessageList
  readonly #earlierButton = button('Earlier messages', () => this.#loadEarlier(), { class: 'load-earlier', hidden: true })
  readonly #typing: Typing
  /** The client id of the message that was sent and is not acknowledged yet. */
  #inFlight: string | null = null
  #ackTimer: ReturnType<typeof setTimeout> | undefined
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
  #loaded = false
  #loading = false
  #reachedStart = false
  readonly #readMarks: ReadMarks
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#readMarks = new ReadMarks(options.isAdmin)
    this.#timeline = loadPending(options.userId).reduce(withPending, EMPTY_TIMELINE)
    const { userId, token = null } = options
    this.element = el('div', { class: 'thread' })
    this.#attachments = new Attachments(this.element, { userId, token, onUploaded: (file) => this.#sendMessage(`[${file.name}]`, file) })
    const handlers = {
      onSend: (text: string) => this.#sendMessage(text),
      // While messages are pending, the rate limit may be nearly used up. Typing frames would use it, too.
      onTyping: () => this.#timeline.pending.length === 0 && this.#typing.send(),
      onDraft: (text: string) => saveDraft(userId, text),
    }
    this.composer = new Composer(loadDraft(userId), handlers, this.#attachments.control)
    this.#list = new MessageList({
      isAdmin: options.isAdmin,
      otherName: options.otherName,
      stateText: (pending) => this.#stateText(pending),
      onDiscard: (clientId) => this.#discard(clientId),
      fileView: (file) => fileView(file, { userId, token }),
    })
    this.#typing = new Typing(options.otherName, () => this.#socket.send({ type: 'typing' }))
    this.#scroller.element.append(this.#earlierButton, this.#list.element)
    this.element.append(this.#scroller.element, this.#typing.element, this.#attachments.element, this.composer.element)
    document.addEventListener('visibilitychange', this.#markRead)
    addEventListener('focus', this.#markRead)
    this.#socket = new ReconnectingSocket({
      path: () => `/ws/chat/${userId}/${this.#loaded ? `?since=${this.#resumeId}` : ''}`,
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
    this.#attachments.close()
    this.#typing.hide()
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#ackTimer)
    document.removeEventListener('visibilitychange', this.#markRead)
    removeEventListener('focus', this.#markRead)
  }

  /** The last message on the screen; 0 if there is none. */
  get lastMessageId(): number {
    return lastId(this.#timeline)
  }

  /** Shows these events between the messages. */
  /** The same event may arrive over the socket and in the list. */
  addReturns(events: readonly ThreadEvent[]): void {
    for (const event of events) this.#returns.set(event.key, event)
    this.#render()
  }

  setEvents(events: readonly ThreadEvent[]): void {
    this.#events = events
    this.#renderAtEnd()
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
    if (!this.#loaded) void this.#loadLatest(0)
    this.#resend()
  }

  /** Runs when the socket is already open: new messages arrive over it meanwhile, so none is lost between history and socket. */
  async #loadLatest(attempt: number): Promise<void> {
    try {
      const messages = await this.#fetchHistory('')
      if (this.#closed) return
      this.#loaded = true
      this.#reachedStart = messages.length < PAGE_SIZE
      this.#timeline = withMessages(this.#timeline, messages)
      this.#resumeId = Math.max(this.#resumeId, messages.at(-1)?.id ?? 0)
      this.#render()
      this.#scroller.toEnd()
      this.#markRead()
    } catch (error) {
      if (this.#closed) return
      if (isUnauthenticated(error)) return this.#options.onLoggedOut()
      this.#retryTimer = setTimeout(() => !this.#loaded && void this.#loadLatest(attempt + 1), reconnectDelay(attempt, Math.random()))
    }
  }

  async #loadEarlier(): Promise<void> {
    const before = firstId(this.#timeline)
    if (this.#loading || this.#reachedStart || !this.#loaded || before === null) return
    this.#loading = true
    this.#earlierButton.disabled = true
    try {
      const messages = await this.#fetchHistory(`&before=${before}`)
      if (this.#closed) return
      this.#reachedStart = messages.length < PAGE_SIZE
      this.#timeline = withMessages(this.#timeline, messages)
      // Older messages are added above. The scroll position is corrected, so that the text being read does not move.
      this.#scroller.keepPosition(() => this.#render())
    } catch {
      // The user can scroll again or press the button to retry.
    } finally {
      this.#loading = false
      this.#earlierButton.disabled = false
    }
  }

  async #fetchHistory(query: string): Promise<readonly Message[]> {
    const response = await this.#options.api('GET', `${this.#options.historyPath}?limit=${PAGE_SIZE}${query}`)
    return parsePage(response, 'messages', parseMessage).items
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
    this.#timeline = withMessages(this.#timeline, [message])
    this.#renderAtEnd()
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
    this.#renderAtEnd()
    if (this.#loaded) announce(notice.text)
  }

  #sendMessage(text: string, file?: ChatFile): void {
    const clientId = randomId()
    this.#timeline = withPending(this.#timeline, { clientId, text, ...(file && { file }), attempts: 0 })
    this.#savePending()
    this.#typing.onSent()
    this.#sendNext()
    this.#render()
    this.#scroller.toEnd()
  }

  /**
   * Sends one message at a time: messages stay in the order in which they were written, even if some are lost or rejected.
   * Each is sent again until it is acknowledged. The server stores the same client_id only once, however often it arrives.
   */
  #sendNext(): void {
    const next = this.#timeline.pending.find(({ rejection }) => rejection === undefined)
    if (!next || this.#inFlight !== null || !this.#socket.send(frameOf(next))) return
    this.#inFlight = next.clientId
    this.#timeline = withAttempt(this.#timeline, next.clientId)
    this.#ackTimer = setTimeout(() => this.#resend(), ACK_TIMEOUT_MS)
    this.#render()
  }

  #resend(): void {
    clearTimeout(this.#ackTimer)
    this.#inFlight = null
    this.#sendNext()
  }

  /** A message that the server will never accept is shown with the reason, and must not hold back the messages after it. */
  #onErrorFrame(detail: string): void {
    const reason = /^(?:message|file): (.*)/s.exec(detail)?.[1]
    if (reason !== undefined && this.#inFlight !== null) {
      this.#timeline = withRejection(this.#timeline, this.#inFlight, reason)
      this.#render()
      this.#resend()
    } else {
      this.#options.onError(detail)
    }
  }

  #onAck(clientId: string, id: number | null, sentAt: string): void {
    if (id === null) return
    const { isAdmin: fromAdmin, ownName } = this.#options
    const stored = { id, fromAdmin, sentAt: sentAt || new Date().toISOString(), ...(ownName && { senderName: ownName }) }
    const wasAtEnd = this.#scroller.isAtEnd
    this.#timeline = withAcknowledgement(this.#timeline, clientId, stored)
    this.#finish(clientId)
    this.#savePending()
    this.#render()
    if (wasAtEnd) this.#scroller.toEnd()
  }

  #discard(clientId: string): void {
    this.#timeline = withoutPending(this.#timeline, clientId)
    this.#finish(clientId)
    this.#savePending()
    this.#render()
  }

  #finish(clientId: string): void {
    if (this.#inFlight === clientId) this.#resend()
  }

  #savePending(): void {
    savePending(this.#options.userId, this.#timeline.pending)
  }

  #onRead(byAdmin: boolean, id: number): void {
    this.#readMarks.set(byAdmin, id)
    this.#render()
    this.#reportUnread()
  }

  #reportUnread(): void {
    if (this.#loaded) this.#options.onUnread?.(this.#readMarks.unread(this.#timeline.messages).length)
  }

  /** Messages count as read only while the page is visible. */
  #markRead = (): void => {
    const last = this.#readMarks.unread(this.#timeline.messages).at(-1)
    const isSeen = this.#loaded && document.visibilityState === 'visible'
    if (last && isSeen && this.#socket.send({ type: 'read', id: last.id })) this.#readMarks.setOwn(last.id)
    this.#reportUnread()
  }

  /** Whoever reads the end of the conversation stays there. */
  #renderAtEnd(): void {
    const wasAtEnd = this.#scroller.isAtEnd
    this.#render()
    if (wasAtEnd) this.#scroller.toEnd()
  }

  #render(): void {
    this.#earlierButton.hidden = this.#reachedStart || !this.#loaded
    this.#list.render(this.#timeline, {
      events: [...this.#events, ...this.#returns.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      notices: this.#notices,
      readByOther: this.#readMarks.other,
      isLoaded: this.#loaded,
      isFromStart: this.#reachedStart,
    })
  }

  #stateText({ clientId, attempts, rejection }: Pending): string {
    if (rejection !== undefined) return `Not accepted: ${rejection}`
    if (!this.#socket.isOpen) return 'Waiting for the connection'
    if (this.#inFlight !== clientId) return 'Waiting'
    return attempts > 1 ? `Trying again (${attempts})` : 'Sending…'
  }
}

const frameOf = ({ text, file, clientId }: Pending): object =>
  file ? { type: 'file', file: file.id, client_id: clientId } : { message: text, client_id: clientId }
