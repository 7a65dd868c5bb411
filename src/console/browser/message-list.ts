import type { ChatFile, ChatMessage, Notice } from '#chat/messages.ts'
import type { UnsentMessage } from '#chat/outbox.ts'
import { interleave, type ThreadEvent } from './alarm-events.ts'
import { button, el, setText, syncChildren } from './dom.ts'
import type { Timeline } from './timeline.ts'
import { formatDay, timeElement } from './times.ts'

/** The messages of one conversation, by day. An element is created once for each message and keeps its state. */

interface MessageListOptions {
  readonly isAdmin: boolean
  readonly otherName: string
  /** What is shown beside a message that is not acknowledged. */
  stateText(message: UnsentMessage): string
  onDiscard(clientId: string): void
  fileView(file: ChatFile): HTMLElement
}

interface RenderState {
  readonly messages: Timeline
  readonly unsent: readonly UnsentMessage[]
  /** What is shown between the messages. */
  readonly events: readonly ThreadEvent[]
  /** The automatic answers, by the id of the message that each follows. */
  readonly notices: ReadonlyMap<number, Notice>
  readonly readByOther: number
  readonly isLoaded: boolean
  /** Whether there are no earlier messages than those in the timeline. */
  readonly isFromStart: boolean
}

const eventItem = ({ at, text }: ThreadEvent): HTMLLIElement => el('li', { class: 'thread-event' }, `${text} `, timeElement(at))

const noticeItem = ({ text, sentAt }: Notice): HTMLLIElement =>
  el(
    'li',
    { class: 'notice-item hint' },
    el('p', { class: 'meta' }, 'Automatic answer', timeElement(sentAt)),
    ...text.split('\n').map((line) => el('p', {}, line)),
  )

export class MessageList {
  readonly element = el('ol', { class: 'messages' })
  readonly #options: MessageListOptions
  readonly #items = new Map<string, HTMLLIElement>()

  constructor(options: MessageListOptions) {
    this.#options = options
  }

  render({ messages, unsent, events, notices, readByOther, isLoaded, isFromStart }: RenderState): void {
    const items: HTMLLIElement[] = []
    let previousDay = ''
    let lastSeen: HTMLLIElement | null = null
    for (const row of isLoaded ? interleave(messages, events, isFromStart) : messages) {
      const day = formatDay('sentAt' in row ? row.sentAt : row.at)
      if (day !== previousDay) items.push(this.#cachedItem(`day ${day}`, () => el('li', { class: 'date-separator' }, day)))
      previousDay = day
      if (!('sentAt' in row)) {
        items.push(this.#cachedItem(`event ${row.key}`, () => eventItem(row)))
        continue
      }
      const message = row
      const item = this.#cachedItem(`message ${message.id}`, () => this.#messageItem(message))
      if (message.fromAdmin === this.#options.isAdmin && message.id <= readByOther) lastSeen = item
      items.push(item)
      const notice = notices.get(message.id)
      if (notice) items.push(this.#cachedItem(`notice ${notice.id}`, () => noticeItem(notice)))
    }
    for (const pending of unsent) {
      const item = this.#cachedItem(`pending ${pending.clientId}`, () => this.#pendingItem(pending))
      const state = item.querySelector('.state')
      if (state) setText(state, this.#options.stateText(pending))
      items.push(item)
    }
    for (const item of this.element.querySelectorAll('.seen')) if (item !== lastSeen) item.classList.remove('seen')
    lastSeen?.classList.add('seen')
    if (isLoaded && items.length === 0) {
      items.push(this.#cachedItem('none', () => el('li', { class: 'date-separator' }, 'No messages yet.')))
    }
    syncChildren(this.element, items)
  }

  #cachedItem(key: string, create: () => HTMLLIElement): HTMLLIElement {
    const cached = this.#items.get(key)
    if (cached) return cached
    const item = create()
    this.#items.set(key, item)
    return item
  }

  /** The screen reader's label of messages from this side. Several staff members write as "Support". */
  get #ownLabel(): string {
    return this.#options.isAdmin ? 'Support: ' : 'You: '
  }

  #messageItem({ id, text, fromAdmin, sentAt, senderName, file }: ChatMessage): HTMLLIElement {
    const isOwn = fromAdmin === this.#options.isAdmin
    const label = isOwn ? this.#ownLabel : `${this.#options.otherName}: `
    return el(
      'li',
      { class: isOwn ? 'message own' : 'message', 'data-id': String(id) },
      el('span', { class: 'visually-hidden' }, label),
      file ? this.#options.fileView(file) : el('p', { dir: 'auto' }, text),
      el('span', { class: 'meta' }, senderName === undefined || !fromAdmin ? '' : `${senderName} · `, timeElement(sentAt)),
    )
  }

  #pendingItem({ clientId, text }: UnsentMessage): HTMLLIElement {
    return el(
      'li',
      { class: 'message own pending' },
      el('span', { class: 'visually-hidden' }, 'You, not sent yet: '),
      el('p', { dir: 'auto' }, text),
      el(
        'span',
        { class: 'meta' },
        el('span', { class: 'state' }),
        button('Discard', () => this.#options.onDiscard(clientId), { class: 'small' }),
      ),
    )
  }
}
