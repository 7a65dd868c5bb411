import { interleave, type ThreadEvent } from './alarm-events.ts'
import { type Api, ApiError, isUnauthenticated } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { newClientId } from './client-id.ts'
import { Composer } from './composer.ts'
import { announce, button, el, setText, syncChildren } from './dom.ts'
import { type ConnectionState, ReconnectingSocket } from './reconnecting-socket.ts'
import { loadDraft, loadPending, saveDraft, savePending } from './saved-state.ts'
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
import { formatDay, timeElement } from './times.ts'
import { asText, type Message, parseId, parseMessage, parsePage } from './wire.ts'

/** One conversation, for staff and for the person: the message list, the composer, and a socket that reconnects by itself. */

interface ThreadOptions {
  readonly userId: number
  /** Whether this page is the support side of the conversation. */
  readonly isAdmin: boolean
  /** The name that is shown for the other side. */
  readonly otherName: string
  readonly api: Api
  readonly token?: string | null
  /** Where older messages are read; without it, from the contract's path. */
  readonly historyPath?: string
  /** The name that this side's new messages are shown with. */
  readonly ownName?: string
  onState(state: ConnectionState): void
  onLoggedOut(): void
  /** Errors from the server that do not concern one message. */
  onError(message: string): void
}

const PAGE_SIZE = 50
const NEAR_TOP_PX = 160
const NEAR_END_PX = 80
const TYPING_INTERVAL_MS = 3_000
const TYPING_TIMEOUT_MS = 6_000
const ACK_TIMEOUT_MS = 8_000

export class Thread {
  readonly element: HTMLElement
  readonly composer: Composer
  readonly #options: ThreadOptions
  readonly #socket: ReconnectingSocket
  readonly #scroller = el('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Messages' })
  readonly #list = el('ol', { class: 'messages' })
  readonly #earlierButton = button('Earlier messages', () => this.#loadEarlier(), { class: 'load-earlier', hidden: true })
  readonly #typing = el('p', { class: 'typing', 'aria-live': 'off' })
  readonly #items = new Map<string, HTMLLIElement>()
  /** The client id of the message that was sent and is not acknowledged yet. */
  #inFlight: string | null = null
  #ackTimer: ReturnType<typeof setTimeout> | undefined
  readonly #resizeObserver = new ResizeObserver(() => this.#atEnd && this.#scrollToEnd())
  #timeline: Timeline
  #events: readonly ThreadEvent[] = []
  /**
   * Up to this id nothing is missing: the position to resume from. Acknowledgements of own messages do not move it, because
   * they may arrive before older messages that are still being replayed.
   */
  #resumeId = 0
  #loaded = false
  #loading = false
  #reachedStart = false
  #atEnd = true
  #readByMe = 0
  #readByOther = 0
  #typingSentAt = 0
  #typingTimer: ReturnType<typeof setTimeout> | undefined
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#timeline = loadPending(options.userId).reduce(withPending, EMPTY_TIMELINE)
    this.composer = new Composer(loadDraft(options.userId), {
      onSend: (text) => this.#sendMessage(text),
      onTyping: () => this.#sendTyping(),
      onDraft: (text) => saveDraft(options.userId, text),
    })
    this.#scroller.append(this.#earlierButton, this.#list)
    this.element = el('div', { class: 'thread' }, this.#scroller, this.#typing, this.composer.element)
    this.#scroller.addEventListener('scroll', this.#onScroll, { passive: true })
    // When an on-screen keyboard or another element takes space, the last message must stay visible.
    this.#resizeObserver.observe(this.#scroller)
    document.addEventListener('visibilitychange', this.#markRead)
    addEventListener('focus', this.#markRead)
    this.#socket = new ReconnectingSocket({
      path: () => `/ws/chat/${options.userId}/${this.#loaded ? `?since=${this.#resumeId}` : ''}`,
      token: options.token ?? null,
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

  close(): void {
    this.#closed = true
    this.#socket.stop()
    this.#resizeObserver.disconnect()
    clearTimeout(this.#typingTimer)
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
  setEvents(events: readonly ThreadEvent[]): void {
    const wasAtEnd = this.#atEnd
    this.#events = events
    this.#render()
    if (wasAtEnd) this.#scrollToEnd()
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
      this.#scrollToEnd()
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
      const distanceFromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop
      this.#render()
      this.#scroller.scrollTop = this.#scroller.scrollHeight - distanceFromEnd
    } catch {
      // The user can scroll again or press the button to retry.
    } finally {
      this.#loading = false
      this.#earlierButton.disabled = false
    }
  }

  async #fetchHistory(query: string): Promise<readonly Message[]> {
    const { historyPath = `/api/v1/chat/user/support/${this.#options.userId}/messages/` } = this.#options
    const response = await this.#options.api('GET', `${historyPath}?limit=${PAGE_SIZE}${query}`)
    return parsePage(response, 'messages', parseMessage).items
  }

  #onFrame(frame: Readonly<Record<string, unknown>>): void {
    const type = asText(frame.event) || asText(frame.type)
    if (type === 'chat_message') this.#onMessage(parseMessage(frame))
    else if (type === 'ack') this.#onAck(asText(frame.client_id), parseId(frame.id), asText(frame.sent_at))
    else if (type === 'typing') this.#onTyping(frame.from_admin === true)
    else if (type === 'read') this.#onRead(frame.from_admin === true, parseId(frame.id) ?? 0)
    else if (type === 'error') this.#onErrorFrame(asText(frame.detail))
  }

  #onMessage(message: Message | null): void {
    if (!message) return
    const isNew = message.id > lastId(this.#timeline)
    const wasAtEnd = this.#atEnd
    this.#resumeId = Math.max(this.#resumeId, message.id)
    this.#timeline = withMessages(this.#timeline, [message])
    this.#render()
    if (wasAtEnd) this.#scrollToEnd()
    if (!isNew || message.fromAdmin === this.#options.isAdmin) return
    this.#hideTyping()
    announce(`${this.#options.otherName}: ${message.text}`)
    this.#markRead()
  }

  #sendMessage(text: string): void {
    const clientId = newClientId()
    this.#timeline = withPending(this.#timeline, { clientId, text, attempts: 0 })
    this.#savePending()
    this.#typingSentAt = 0
    this.#sendNext()
    this.#render()
    this.#scrollToEnd()
  }

  /**
   * Sends one message at a time: messages stay in the order in which they were written, even if some are lost or rejected.
   * Each is sent again until it is acknowledged. The server stores the same client_id only once, however often it arrives.
   */
  #sendNext(): void {
    const next = this.#timeline.pending.find(({ rejection }) => rejection === undefined)
    if (!next || this.#inFlight !== null || !this.#socket.send({ message: next.text, client_id: next.clientId })) return
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
    if (detail.startsWith('message:') && this.#inFlight !== null) {
      this.#timeline = withRejection(this.#timeline, this.#inFlight, detail.slice('message:'.length).trim())
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
    const wasAtEnd = this.#atEnd
    this.#timeline = withAcknowledgement(this.#timeline, clientId, stored)
    this.#finish(clientId)
    this.#savePending()
    this.#render()
    if (wasAtEnd) this.#scrollToEnd()
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

  #sendTyping(): void {
    // While messages are pending, the rate limit may be nearly used up. Typing frames would use it, too.
    const now = Date.now()
    if (this.#timeline.pending.length > 0 || now - this.#typingSentAt < TYPING_INTERVAL_MS) return
    if (this.#socket.send({ type: 'typing' })) this.#typingSentAt = now
  }

  #onTyping(byAdmin: boolean): void {
    if (byAdmin === this.#options.isAdmin) return
    setText(this.#typing, `${this.#options.otherName} is typing…`)
    clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => this.#hideTyping(), TYPING_TIMEOUT_MS)
  }

  #hideTyping(): void {
    clearTimeout(this.#typingTimer)
    setText(this.#typing, '')
  }

  #onRead(byAdmin: boolean, id: number): void {
    if (byAdmin === this.#options.isAdmin || id <= this.#readByOther) return
    this.#readByOther = id
    this.#render()
  }

  /** Messages count as read only while the page is visible. */
  #markRead = (): void => {
    const last = this.#timeline.messages.findLast(({ fromAdmin }) => fromAdmin !== this.#options.isAdmin)?.id ?? 0
    if (!this.#loaded || last <= this.#readByMe || document.visibilityState === 'hidden') return
    if (this.#socket.send({ type: 'read', id: last })) this.#readByMe = last
  }

  #onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
    if (this.#scroller.scrollTop < NEAR_TOP_PX) void this.#loadEarlier()
  }

  #scrollToEnd(): void {
    this.#atEnd = true
    this.#scroller.scrollTop = this.#scroller.scrollHeight
  }

  #render(): void {
    const items: HTMLLIElement[] = []
    let previousDay = ''
    let lastSeen: HTMLLIElement | null = null
    for (const row of this.#loaded ? interleave(this.#timeline.messages, this.#events, this.#reachedStart) : this.#timeline.messages) {
      const day = formatDay('sentAt' in row ? row.sentAt : row.at)
      if (day !== previousDay) items.push(this.#cachedItem(`day ${day}`, () => el('li', { class: 'date-separator' }, day)))
      previousDay = day
      if (!('sentAt' in row)) {
        items.push(this.#cachedItem(`event ${row.key}`, () => eventItem(row)))
        continue
      }
      const message = row
      const item = this.#cachedItem(`message ${message.id}`, () => this.#messageItem(message))
      if (message.fromAdmin === this.#options.isAdmin && message.id <= this.#readByOther) lastSeen = item
      items.push(item)
    }
    for (const pending of this.#timeline.pending) {
      const { clientId, text } = pending
      const item = this.#cachedItem(`pending ${clientId}`, () => this.#pendingItem(clientId, text))
      const state = item.querySelector('.state')
      if (state) setText(state, this.#stateText(pending))
      items.push(item)
    }
    for (const item of this.#list.querySelectorAll('.seen')) if (item !== lastSeen) item.classList.remove('seen')
    lastSeen?.classList.add('seen')
    this.#earlierButton.hidden = this.#reachedStart || !this.#loaded
    if (this.#loaded && items.length === 0) {
      items.push(this.#cachedItem('none', () => el('li', { class: 'date-separator' }, 'No messages yet.')))
    }
    syncChildren(this.#list, items)
  }

  /** The screen reader's label of messages from this side. Several staff members write as "Support". */
  get #ownLabel(): string {
    return this.#options.isAdmin ? 'Support: ' : 'You: '
  }

  #stateText({ clientId, attempts, rejection }: Pending): string {
    if (rejection !== undefined) return `Not accepted: ${rejection}`
    if (!this.#socket.isOpen) return 'Waiting for the connection'
    if (this.#inFlight !== clientId) return 'Waiting'
    return attempts > 1 ? `Trying again (${attempts})` : 'Sending…'
  }

  #cachedItem(key: string, create: () => HTMLLIElement): HTMLLIElement {
    const cached = this.#items.get(key)
    if (cached) return cached
    const item = create()
    this.#items.set(key, item)
    return item
  }

  #messageItem({ id, text, fromAdmin, sentAt, senderName }: Message): HTMLLIElement {
    const isOwn = fromAdmin === this.#options.isAdmin
    return el(
      'li',
      { class: isOwn ? 'message own' : 'message', 'data-id': String(id) },
      el('span', { class: 'visually-hidden' }, isOwn ? this.#ownLabel : `${this.#options.otherName}: `),
      el('p', { dir: 'auto' }, text),
      el('span', { class: 'meta' }, senderName === undefined || !fromAdmin ? '' : `${senderName} · `, timeElement(sentAt)),
    )
  }

  #pendingItem(clientId: string, text: string): HTMLLIElement {
    return el(
      'li',
      { class: 'message own pending' },
      el('span', { class: 'visually-hidden' }, 'You, not sent yet: '),
      el('p', { dir: 'auto' }, text),
      el(
        'span',
        { class: 'meta' },
        el('span', { class: 'state' }),
        button('Discard', () => this.#discard(clientId), { class: 'small' }),
      ),
    )
  }
}

const eventItem = ({ at, text }: ThreadEvent): HTMLLIElement => el('li', { class: 'thread-event' }, `${text} `, timeElement(at))
