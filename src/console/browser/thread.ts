import { type Api, isSignedOut, Refused } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { Composer } from './composer.ts'
import { announce, arrange, button, el, say } from './dom.ts'
import { Line, type LineState } from './reconnecting-socket.ts'
import { keepDraft, keepPending, keptDraft, keptPending } from './saved-state.ts'
import {
  acknowledged,
  EMPTY,
  firstId,
  lastId,
  type Pending,
  refused,
  type Timeline,
  tried,
  withMessages,
  without,
  withPending,
} from './timeline.ts'
import { dayOf, timeElement } from './times.ts'
import { idFrom, type Message, messageFrom, pageFrom, text } from './wire.ts'

/** One conversation, on either side of it: what was said, what is being said, and a line that heals itself. */

interface Sides {
  readonly userId: number
  /** Which side sits here. */
  readonly isAdmin: boolean
  /** What the other side is called. */
  readonly other: string
  readonly api: Api
  readonly token?: string | null
  onState(state: LineState): void
  onSignedOut(): void
  /** What else the server errorResponse on this line. */
  onError(words: string): void
}

const PAGE = 50
const NEAR_THE_TOP_PX = 160
const NEAR_THE_END_PX = 80
const TYPING_EVERY_MS = 3_000
const TYPING_LASTS_MS = 6_000
const UNANSWERED_AFTER_MS = 8_000

export class Thread {
  readonly element: HTMLElement
  readonly composer: Composer
  readonly #sides: Sides
  readonly #line: Line
  readonly #scroller = el('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Messages' })
  readonly #list = el('ol', { class: 'messages' })
  readonly #earlier = button('Earlier messages', () => this.#loadEarlier(), { class: 'earlier', hidden: true })
  readonly #typing = el('p', { class: 'typing', 'aria-live': 'off' })
  readonly #shown = new Map<string, HTMLLIElement>()
  /** The one that is on the line and not answered for. */
  #waitsFor: string | null = null
  #unanswered: ReturnType<typeof setTimeout> | undefined
  readonly #sizes = new ResizeObserver(() => this.#atEnd && this.#toEnd())
  #timeline: Timeline
  /** Up to here nothing is missing. An answer to one's own words may overtake what is still being replayed, so it does not count. */
  #heard = 0
  #loaded = false
  #loading = false
  #whole = false
  #atEnd = true
  #readHere = 0
  #readThere = 0
  #typedAt = 0
  #typingTimer: ReturnType<typeof setTimeout> | undefined
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #ended = false

  constructor(sides: Sides) {
    this.#sides = sides
    this.#timeline = keptPending(sides.userId).reduce(withPending, EMPTY)
    this.composer = new Composer(keptDraft(sides.userId), {
      onSend: (words) => this.#say(words),
      onTyping: () => this.#tellTyping(),
      onDraft: (words) => keepDraft(sides.userId, words),
    })
    this.#scroller.append(this.#earlier, this.#list)
    this.element = el('div', { class: 'thread' }, this.#scroller, this.#typing, this.composer.element)
    this.#scroller.addEventListener('scroll', this.#onScroll, { passive: true })
    // A keyboard that comes up, or a list that opens, must not hide what was said last.
    this.#sizes.observe(this.#scroller)
    document.addEventListener('visibilitychange', this.#markRead)
    addEventListener('focus', this.#markRead)
    this.#line = new Line({
      path: () => `/ws/chat/${sides.userId}/${this.#loaded ? `?since=${this.#heard}` : ''}`,
      token: sides.token ?? null,
      onOpen: () => this.#onOpen(),
      onFrame: (frame) => this.#onFrame(frame),
      onState: (state) => {
        this.#draw()
        sides.onState(state)
      },
      onRefused: (because) => {
        if (because === 'signed-out') sides.onSignedOut()
        else if (because === 'forbidden') sides.onError('This conversation is closed to you.')
        else void this.#askWhy()
      },
    })
    this.#line.begin()
  }

  end(): void {
    this.#ended = true
    this.#line.end()
    this.#sizes.disconnect()
    clearTimeout(this.#typingTimer)
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#unanswered)
    document.removeEventListener('visibilitychange', this.#markRead)
    removeEventListener('focus', this.#markRead)
  }

  /** A browser doesn't say why a socket was refused; the history is refused for the same reason, and errorResponse it. */
  async #askWhy(): Promise<void> {
    try {
      await this.#history('', 1)
    } catch (error) {
      if (this.#ended || !(error instanceof Refused) || error.status >= 500) return
      if (error.status === 401) return this.#sides.onSignedOut()
      if (error.status !== 403 && error.status !== 404) return
      this.#line.end()
      this.#sides.onError(error.message)
    }
  }

  #onOpen(): void {
    if (!this.#loaded) void this.#loadLatest(0)
    this.#again()
  }

  /** The line is open already, so whatever is said meanwhile comes by it: nothing falls between the two. */
  async #loadLatest(attempt: number): Promise<void> {
    try {
      const messages = await this.#history('')
      if (this.#ended) return
      this.#loaded = true
      this.#whole = messages.length < PAGE
      this.#timeline = withMessages(this.#timeline, messages)
      this.#heard = Math.max(this.#heard, messages.at(-1)?.id ?? 0)
      this.#draw()
      this.#toEnd()
      this.#markRead()
    } catch (error) {
      if (this.#ended) return
      if (isSignedOut(error)) return this.#sides.onSignedOut()
      this.#retryTimer = setTimeout(() => !this.#loaded && void this.#loadLatest(attempt + 1), reconnectDelay(attempt, Math.random()))
    }
  }

  async #loadEarlier(): Promise<void> {
    const before = firstId(this.#timeline)
    if (this.#loading || this.#whole || !this.#loaded || before === null) return
    this.#loading = true
    this.#earlier.disabled = true
    try {
      const messages = await this.#history(`&before=${before}`)
      if (this.#ended) return
      this.#whole = messages.length < PAGE
      this.#timeline = withMessages(this.#timeline, messages)
      // What is being read stays where it is, and what is older stands above it.
      const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop
      this.#draw()
      this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd
    } catch {
      // Whoever scrolls again, or presses the button, tries again.
    } finally {
      this.#loading = false
      this.#earlier.disabled = false
    }
  }

  async #history(query: string, limit = PAGE): Promise<readonly Message[]> {
    const answer = await this.#sides.api('GET', `/api/v1/chat/user/support/${this.#sides.userId}/messages/?limit=${limit}${query}`)
    return pageFrom(answer, 'messages', messageFrom).items
  }

  #onFrame(frame: Readonly<Record<string, unknown>>): void {
    const kind = text(frame.event) || text(frame.type)
    if (kind === 'chat_message') this.#hear(messageFrom(frame))
    else if (kind === 'ack') this.#acknowledge(text(frame.client_id), idFrom(frame.id), text(frame.sent_at))
    else if (kind === 'typing') this.#showTyping(frame.from_admin === true)
    else if (kind === 'read') this.#showRead(frame.from_admin === true, idFrom(frame.id) ?? 0)
    else if (kind === 'error') this.#refused(text(frame.detail))
  }

  #hear(message: Message | null): void {
    if (!message) return
    const isNew = message.id > lastId(this.#timeline)
    const follow = this.#atEnd
    this.#heard = Math.max(this.#heard, message.id)
    this.#timeline = withMessages(this.#timeline, [message])
    this.#draw()
    if (follow) this.#toEnd()
    if (!isNew || message.fromAdmin === this.#sides.isAdmin) return
    this.#stopTyping()
    announce(`${this.#sides.other}: ${message.text}`)
    this.#markRead()
  }

  #say(words: string): void {
    const clientId = newClientId()
    this.#timeline = withPending(this.#timeline, { clientId, text: words, tries: 0 })
    this.#keep()
    this.#typedAt = 0
    this.#put()
    this.#draw()
    this.#toEnd()
  }

  /**
   * One at a time: what is said stays in the order in which it was written, whatever is lost on the way or refused. It is
   * put on the line again until it is answered for; the same client_id is stored once, however often it is said.
   */
  #put(): void {
    const next = this.#timeline.pending.find(({ refused }) => refused === undefined)
    if (!next || this.#waitsFor !== null || !this.#line.send({ message: next.text, client_id: next.clientId })) return
    this.#waitsFor = next.clientId
    this.#timeline = tried(this.#timeline, next.clientId)
    this.#unanswered = setTimeout(() => this.#again(), UNANSWERED_AFTER_MS)
    this.#draw()
  }

  #again(): void {
    clearTimeout(this.#unanswered)
    this.#waitsFor = null
    this.#put()
  }

  /** Of a message that will never be taken one must know, and it must not keep others waiting. */
  #refused(words: string): void {
    if (words.startsWith('message:') && this.#waitsFor !== null) {
      this.#timeline = refused(this.#timeline, this.#waitsFor, words.slice('message:'.length).trim())
      this.#draw()
      this.#again()
    } else {
      this.#sides.onError(words)
    }
  }

  #acknowledge(clientId: string, id: number | null, sentAt: string): void {
    if (id === null) return
    const stored = { id, fromAdmin: this.#sides.isAdmin, sentAt: sentAt || new Date().toISOString() }
    const follow = this.#atEnd
    this.#timeline = acknowledged(this.#timeline, clientId, stored)
    this.#settle(clientId)
    this.#keep()
    this.#draw()
    if (follow) this.#toEnd()
  }

  #discard(clientId: string): void {
    this.#timeline = without(this.#timeline, clientId)
    this.#settle(clientId)
    this.#keep()
    this.#draw()
  }

  #settle(clientId: string): void {
    if (this.#waitsFor === clientId) this.#again()
  }

  #keep(): void {
    keepPending(this.#sides.userId, this.#timeline.pending)
  }

  #tellTyping(): void {
    // Whoever is slowed down has no frames to spare for this.
    const now = Date.now()
    if (this.#timeline.pending.length > 0 || now - this.#typedAt < TYPING_EVERY_MS) return
    if (this.#line.send({ type: 'typing' })) this.#typedAt = now
  }

  #showTyping(byAdmin: boolean): void {
    if (byAdmin === this.#sides.isAdmin) return
    say(this.#typing, `${this.#sides.other} is typing…`)
    clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => this.#stopTyping(), TYPING_LASTS_MS)
  }

  #stopTyping(): void {
    clearTimeout(this.#typingTimer)
    say(this.#typing, '')
  }

  #showRead(byAdmin: boolean, id: number): void {
    if (byAdmin === this.#sides.isAdmin || id <= this.#readThere) return
    this.#readThere = id
    this.#draw()
  }

  /** Read is what stands on a page that somebody looks at. */
  #markRead = (): void => {
    const last = this.#timeline.messages.findLast(({ fromAdmin }) => fromAdmin !== this.#sides.isAdmin)?.id ?? 0
    if (!this.#loaded || last <= this.#readHere || document.visibilityState === 'hidden') return
    if (this.#line.send({ type: 'read', id: last })) this.#readHere = last
  }

  #onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX
    if (this.#scroller.scrollTop < NEAR_THE_TOP_PX) void this.#loadEarlier()
  }

  #toEnd(): void {
    this.#atEnd = true
    this.#scroller.scrollTop = this.#scroller.scrollHeight
  }

  #draw(): void {
    const wanted: HTMLLIElement[] = []
    let day = ''
    let seen: HTMLLIElement | null = null
    for (const message of this.#timeline.messages) {
      const on = dayOf(message.sentAt)
      if (on !== day) wanted.push(this.#item(`day ${on}`, () => el('li', { class: 'day' }, on)))
      day = on
      const item = this.#item(`message ${message.id}`, () => this.#messageItem(message))
      if (message.fromAdmin === this.#sides.isAdmin && message.id <= this.#readThere) seen = item
      wanted.push(item)
    }
    for (const pending of this.#timeline.pending) {
      const { clientId, text: words } = pending
      const item = this.#item(`pending ${clientId}`, () => this.#pendingItem(clientId, words))
      const state = item.querySelector('.state')
      if (state) say(state, this.#stateOf(pending))
      wanted.push(item)
    }
    for (const item of this.#list.querySelectorAll('.seen')) if (item !== seen) item.classList.remove('seen')
    seen?.classList.add('seen')
    this.#earlier.hidden = this.#whole || !this.#loaded
    if (this.#loaded && wanted.length === 0) wanted.push(this.#item('none', () => el('li', { class: 'day' }, 'Nothing was said yet.')))
    arrange(this.#list, wanted)
  }

  /** At the desk several people are one side. */
  get #own(): string {
    return this.#sides.isAdmin ? 'Support: ' : 'You: '
  }

  #stateOf({ clientId, tries, refused: why }: Pending): string {
    if (why !== undefined) return `Not accepted: ${why}`
    if (!this.#line.isOpen) return 'Waiting for the connection'
    if (this.#waitsFor !== clientId) return 'Waiting'
    return tries > 1 ? `Trying again (${tries})` : 'Sending…'
  }

  #item(key: string, make: () => HTMLLIElement): HTMLLIElement {
    const known = this.#shown.get(key)
    if (known) return known
    const made = make()
    this.#shown.set(key, made)
    return made
  }

  #messageItem({ id, text: words, fromAdmin, sentAt }: Message): HTMLLIElement {
    const own = fromAdmin === this.#sides.isAdmin
    return el(
      'li',
      { class: own ? 'message own' : 'message', 'data-id': String(id) },
      el('span', { class: 'unseen' }, own ? this.#own : `${this.#sides.other}: `),
      el('p', { dir: 'auto' }, words),
      el('span', { class: 'meta' }, timeElement(sentAt)),
    )
  }

  #pendingItem(clientId: string, words: string): HTMLLIElement {
    return el(
      'li',
      { class: 'message own pending' },
      el('span', { class: 'unseen' }, 'You, not sent yet: '),
      el('p', { dir: 'auto' }, words),
      el(
        'span',
        { class: 'meta' },
        el('span', { class: 'state' }),
        button('Discard', () => this.#discard(clientId), { class: 'small' }),
      ),
    )
  }
}

/** Also where the page is not a secure context, and `crypto.randomUUID` is missing. */
const newClientId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
