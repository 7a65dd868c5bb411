import type { Api } from './api.ts'
import { arrange, el, need, say } from './dom.ts'
import { isRinging, withRooms } from './inbox-order.ts'
import { ago } from './times.ts'
import { pageFrom, type Room, roomFrom } from './wire.ts'

/** The list of the people who wrote or rang, the neediest first. */

const PAGE = 100
const PREVIEW = 90

export class Inbox {
  readonly #api: Api
  readonly #changed: () => void
  readonly #list = need('rooms', HTMLUListElement)
  readonly #none = need('no-rooms', HTMLElement)
  readonly #more = need('more-rooms', HTMLButtonElement)
  readonly #lines = new Map<number, RoomLine>()
  #rooms: Room[] = []
  #meanwhile: Room[] = []
  #next: string | null = null
  #chosen = 0

  constructor(api: Api, changed: () => void) {
    this.#api = api
    this.#changed = changed
    this.#more.addEventListener('click', () => void this.#loadMore())
    this.#list.addEventListener('keydown', this.#onKey)
    // "3 min" becomes "4 min" without anybody's doing.
    setInterval(() => this.#draw(), 30_000)
  }

  get rooms(): readonly Room[] {
    return this.#rooms
  }

  find(userId: number): Room | undefined {
    return this.#rooms.find((room) => room.userId === userId)
  }

  /** The list anew: after a break, what was missed is in it, or among what the desk replays. */
  async load(): Promise<void> {
    this.#meanwhile = []
    const page = await this.#page('')
    if (this.#rooms.length === 0) this.#next = page.next
    // What came by the line while the list was under way is newer than the list.
    this.#rooms = withRooms(withRooms(this.#rooms, page.items), this.#meanwhile)
    this.#draw()
  }

  async #loadMore(): Promise<void> {
    if (this.#next === null) return
    const page = await this.#page(`&cursor=${encodeURIComponent(this.#next)}`).catch(() => null)
    if (!page) return
    this.#next = page.next
    this.put(page.items)
  }

  async #page(query: string) {
    return pageFrom(await this.#api('GET', `/console/api/rooms?limit=${PAGE}${query}`), 'rooms', roomFrom)
  }

  put(rooms: readonly Room[]): void {
    this.#meanwhile.push(...rooms)
    this.#rooms = withRooms(this.#rooms, rooms)
    this.#draw()
  }

  change(userId: number, changes: Partial<Room>): void {
    const room = this.find(userId)
    if (room) this.put([{ ...room, ...changes }])
  }

  clear(): void {
    this.#rooms = []
    this.#meanwhile = []
    this.#next = null
    this.#draw()
  }

  choose(userId: number): void {
    this.#chosen = userId
    this.#draw()
  }

  #draw(): void {
    const now = Date.now()
    const lines = this.#rooms.map((room) => {
      const line = this.#lines.get(room.userId) ?? roomLine(room.userId)
      this.#lines.set(room.userId, line)
      line.show(room, room.userId === this.#chosen, now)
      return line.element
    })
    arrange(this.#list, lines)
    this.#none.hidden = lines.length > 0
    this.#more.hidden = this.#next === null
    this.#changed()
  }

  /** Up and down, beside the Tab key, as in any list of mail. */
  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && event.key !== 'Home' && event.key !== 'End') return
    const links = [...this.#list.querySelectorAll('a')]
    const at = links.findIndex((link) => link.matches(':focus'))
    if (at < 0) return
    event.preventDefault()
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
    links[Math.max(0, Math.min(links.length - 1, to))]?.focus()
  }
}

interface RoomLine {
  readonly element: HTMLLIElement
  show(room: Room, chosen: boolean, now: number): void
}

const roomLine = (userId: number): RoomLine => {
  const parts = {
    dot: el('span', { class: 'dot', 'aria-hidden': 'true' }),
    name: el('strong', { class: 'name' }),
    presence: el('span', { class: 'unseen' }),
    when: el('time', { class: 'when' }),
    alarm: el('span', { class: 'badge urgent' }, 'Alarm'),
    taken: el('span', { class: 'badge' }),
    words: el('span', { class: 'words', dir: 'auto' }),
    unread: el('span', { class: 'count' }),
    unreadWord: el('span', { class: 'unseen' }, ' unread'),
  }
  const link = el(
    'a',
    { href: `#/room/${userId}` },
    el('span', { class: 'line' }, parts.dot, parts.name, parts.presence, parts.alarm, parts.taken, parts.when),
    el('span', { class: 'line' }, parts.words, parts.unread, parts.unreadWord),
  )
  return {
    element: el('li', { 'data-room': String(userId) }, link),
    show: (room, chosen, now) => {
      const last = room.lastMessage
      link.classList.toggle('ringing', isRinging(room))
      link.classList.toggle('waiting', room.unread > 0)
      parts.dot.classList.toggle('online', room.online)
      if (chosen) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
      say(parts.name, room.username)
      say(parts.presence, room.online ? ', online, ' : ', offline, ')
      say(parts.when, ago(last?.sentAt ?? room.updatedAt, now))
      parts.alarm.hidden = !isRinging(room)
      parts.taken.hidden = room.takenBy === null
      say(parts.taken, room.takenBy ? `with ${room.takenBy.username}` : '')
      say(parts.words, last ? `${last.fromAdmin ? 'Support: ' : ''}${last.text.slice(0, PREVIEW)}` : '')
      parts.unread.hidden = room.unread === 0
      parts.unreadWord.hidden = room.unread === 0
      say(parts.unread, String(room.unread))
    },
  }
}
