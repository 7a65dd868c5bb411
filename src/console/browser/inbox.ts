import type { Api } from './api.ts'
import { el, requireElement, setText, syncChildren } from './dom.ts'
import { hasOpenAlarm, mergeRooms } from './inbox-order.ts'
import { timeAgo } from './times.ts'
import { parsePage, parseRoom, type Room } from './wire.ts'

/** The list of conversations, the most urgent first. */

const PAGE_SIZE = 100
const PREVIEW_LENGTH = 90
const REDRAW_INTERVAL_MS = 30_000

export class Inbox {
  readonly #api: Api
  readonly #onChange: () => void
  readonly #list = requireElement('rooms', HTMLUListElement)
  readonly #emptyHint = requireElement('no-rooms', HTMLElement)
  readonly #moreButton = requireElement('more-rooms', HTMLButtonElement)
  readonly #rows = new Map<number, RoomRow>()
  #rooms: Room[] = []
  #updatesWhileLoading: Room[] = []
  #next: string | null = null
  #selectedId = 0

  constructor(api: Api, onChange: () => void) {
    this.#api = api
    this.#onChange = onChange
    this.#moreButton.addEventListener('click', () => void this.#loadMore())
    this.#list.addEventListener('keydown', this.#onKey)
    // Times such as "3 min" change although no event arrives.
    setInterval(() => this.#render(), REDRAW_INTERVAL_MS)
  }

  get rooms(): readonly Room[] {
    return this.#rooms
  }

  find(userId: number): Room | undefined {
    return this.#rooms.find((room) => room.userId === userId)
  }

  /** Reloads the list. After a disconnection, what was missed is in the list or in the events that the desk replays. */
  async load(): Promise<void> {
    this.#updatesWhileLoading = []
    const page = await this.#fetchPage('')
    if (this.#rooms.length === 0) this.#next = page.next
    // What arrived over the socket while the request was in flight is newer than the response.
    this.#rooms = mergeRooms(mergeRooms(this.#rooms, page.items), this.#updatesWhileLoading)
    this.#render()
  }

  async #loadMore(): Promise<void> {
    if (this.#next === null) return
    const page = await this.#fetchPage(`&cursor=${encodeURIComponent(this.#next)}`).catch(() => null)
    if (!page) return
    this.#next = page.next
    this.put(page.items)
  }

  async #fetchPage(query: string) {
    return parsePage(await this.#api('GET', `/console/api/rooms?limit=${PAGE_SIZE}${query}`), 'rooms', parseRoom)
  }

  put(rooms: readonly Room[]): void {
    this.#updatesWhileLoading.push(...rooms)
    this.#rooms = mergeRooms(this.#rooms, rooms)
    this.#render()
  }

  update(userId: number, changes: Partial<Room>): void {
    const room = this.find(userId)
    if (room) this.put([{ ...room, ...changes }])
  }

  clear(): void {
    this.#rooms = []
    this.#updatesWhileLoading = []
    this.#next = null
    this.#render()
  }

  select(userId: number): void {
    this.#selectedId = userId
    this.#render()
  }

  #render(): void {
    const now = Date.now()
    const elements = this.#rooms.map((room) => {
      const row = this.#rows.get(room.userId) ?? roomRow(room.userId)
      this.#rows.set(room.userId, row)
      row.update(room, room.userId === this.#selectedId, now)
      return row.element
    })
    syncChildren(this.#list, elements)
    this.#emptyHint.hidden = elements.length > 0
    this.#moreButton.hidden = this.#next === null
    this.#onChange()
  }

  /** The arrow keys move through the list, as in a mail program. The Tab key works, too. */
  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && event.key !== 'Home' && event.key !== 'End') return
    const links = [...this.#list.querySelectorAll('a')]
    const index = links.findIndex((link) => link.matches(':focus'))
    if (index < 0) return
    event.preventDefault()
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: links.length - 1 }[event.key]
    links[Math.max(0, Math.min(links.length - 1, target))]?.focus()
  }
}

interface RoomRow {
  readonly element: HTMLLIElement
  update(room: Room, selected: boolean, now: number): void
}

const roomRow = (userId: number): RoomRow => {
  const parts = {
    dot: el('span', { class: 'presence-dot', 'aria-hidden': 'true' }),
    name: el('strong', { class: 'name' }),
    presence: el('span', { class: 'visually-hidden' }),
    time: el('time', { class: 'timestamp' }),
    alarm: el('span', { class: 'badge urgent' }, 'Alarm'),
    claimedBy: el('span', { class: 'badge' }),
    preview: el('span', { class: 'preview', dir: 'auto' }),
    unread: el('span', { class: 'count' }),
    unreadLabel: el('span', { class: 'visually-hidden' }, ' unread'),
  }
  const link = el(
    'a',
    { href: `#/room/${userId}` },
    el('span', { class: 'row' }, parts.dot, parts.name, parts.presence, parts.alarm, parts.claimedBy, parts.time),
    el('span', { class: 'row' }, parts.preview, parts.unread, parts.unreadLabel),
  )
  return {
    element: el('li', { 'data-room': String(userId) }, link),
    update: (room, selected, now) => {
      const last = room.lastMessage
      link.classList.toggle('has-alarm', hasOpenAlarm(room))
      link.classList.toggle('unread', room.unread > 0)
      parts.dot.classList.toggle('online', room.online)
      if (selected) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
      setText(parts.name, room.username)
      setText(parts.presence, room.online ? ', online, ' : ', offline, ')
      setText(parts.time, timeAgo(last?.sentAt ?? room.updatedAt, now))
      parts.alarm.hidden = !hasOpenAlarm(room)
      parts.claimedBy.hidden = room.claimedBy === null
      setText(parts.claimedBy, room.claimedBy ? `with ${room.claimedBy.username}` : '')
      setText(parts.preview, last ? `${last.fromAdmin ? 'Support: ' : ''}${last.text.slice(0, PREVIEW_LENGTH)}` : '')
      parts.unread.hidden = room.unread === 0
      parts.unreadLabel.hidden = room.unread === 0
      setText(parts.unread, String(room.unread))
    },
  }
}
