import { parseRoom, type Room } from '#chat/desk-events.ts'
import type { Api } from './api.ts'
import { requireElement, setText, syncChildren } from './dom.ts'
import { InboxControls } from './inbox-controls.ts'
import { type Counts, isShown, NO_COUNTS, parseCounts } from './inbox-filter.ts'
import { mergeRooms } from './inbox-order.ts'
import { type RoomRow, roomRow } from './inbox-row.ts'
import { ListRequests } from './list-requests.ts'
import { parsePage, valueAt } from './wire.ts'

/** The list of conversations, the most urgent first. */

const PAGE_SIZE = 100
const REDRAW_INTERVAL_MS = 30_000
/** After an event, the counts are read again. Many events together cost one request. */
const COUNT_DELAY_MS = 1000

export class Inbox {
  readonly #api: Api
  readonly #onChange: () => void
  readonly #list = requireElement('rooms', HTMLUListElement)
  readonly #emptyHint = requireElement('no-rooms', HTMLElement)
  readonly #moreButton = requireElement('more-rooms', HTMLButtonElement)
  readonly #controls = new InboxControls(() => void this.#select())
  readonly #rows = new Map<number, RoomRow>()
  readonly #requests = new ListRequests<Room>()
  #rooms: Room[] = []
  #next: string | null = null
  #counts = NO_COUNTS
  #countTimer: ReturnType<typeof setTimeout> | undefined
  #selectedId = 0
  /** The row that the Tab key reaches. The arrow keys move it. */
  #tabStopId = 0
  #myId = 0

  constructor(api: Api, onChange: () => void) {
    this.#api = api
    this.#onChange = onChange
    this.#moreButton.addEventListener('click', () => void this.#loadMore())
    this.#list.addEventListener('keydown', this.#onKey)
    this.#list.addEventListener('focusin', ({ target }) => this.#onFocus(target))
    // Times such as "3 min" change although no event arrives.
    setInterval(() => this.#render(), REDRAW_INTERVAL_MS)
  }

  get rooms(): readonly Room[] {
    return this.#rooms
  }

  /** How many conversations there are, also those that this page has not loaded. */
  get counts(): Counts {
    return this.#counts
  }

  find(userId: number): Room | undefined {
    return this.#rooms.find((room) => room.userId === userId)
  }

  /** Whose inbox it is. */
  setUser(id: number): void {
    this.#myId = id
  }

  /** Reloads the list. After a disconnection, what was missed is in the list or in the events that the desk replays. */
  async load(): Promise<void> {
    const page = await this.#fetchPage('')
    if (!page) return
    if (this.#rooms.length === 0) this.#next = page.next
    this.#rooms = mergeRooms(this.#rooms, page.items)
    this.#render()
  }

  /** After the search or the filter has changed. */
  async #select(): Promise<void> {
    this.#next = null
    this.#render()
    const query = this.#query
    const page = await this.#fetchPage('').catch(() => null)
    // Another letter was typed meanwhile: that request has its own answer.
    if (!page || query !== this.#query) return
    this.#next = page.next
    this.#rooms = mergeRooms(this.#rooms, page.items)
    this.#render()
  }

  async #loadMore(): Promise<void> {
    if (this.#next === null) return
    const query = this.#query
    const page = await this.#fetchPage(`&cursor=${encodeURIComponent(this.#next)}`).catch(() => null)
    if (!page || query !== this.#query) return
    this.#next = page.next
    this.#rooms = mergeRooms(this.#rooms, page.items)
    this.#render()
  }

  get #query(): string {
    return `filter=${this.#controls.filter}&search=${encodeURIComponent(this.#controls.search)}`
  }

  /** Null after a log-out. */
  async #fetchPage(cursor: string, limit = PAGE_SIZE) {
    const answer = await this.#requests.send(() => this.#api('GET', `/console/api/rooms?limit=${limit}&${this.#query}${cursor}`))
    if (!answer) return null
    if (!answer.isOutdated) this.#counts = parseCounts(valueAt(answer.response, 'counts'))
    const { items, next } = parsePage(answer.response, 'rooms', parseRoom)
    return { items: mergeRooms(items, answer.updates), next }
  }

  async #loadCounts(): Promise<void> {
    this.#countTimer = undefined
    if (this.#myId === 0) return
    await this.#fetchPage('', 1).catch(() => null)
    this.#render()
  }

  put(rooms: readonly Room[]): void {
    this.#requests.record(rooms)
    this.#rooms = mergeRooms(this.#rooms, rooms)
    this.#countTimer ??= setTimeout(() => void this.#loadCounts(), COUNT_DELAY_MS)
    this.#render()
  }

  update(userId: number, changes: Partial<Room>): void {
    const room = this.find(userId)
    if (room) this.put([{ ...room, ...changes }])
  }

  clear(): void {
    clearTimeout(this.#countTimer)
    this.#countTimer = undefined
    this.#requests.cancel()
    this.#rooms = []
    this.#next = null
    this.#counts = NO_COUNTS
    this.#myId = 0
    this.#tabStopId = 0
    this.#controls.reset()
    this.#render()
  }

  select(userId: number): void {
    this.#selectedId = userId
    if (userId !== 0) this.#tabStopId = userId
    this.#render()
  }

  /** Focuses the list; the search field, if the list is empty. */
  focus(): void {
    const link = this.#rows.get(this.#tabStopId)?.link
    if (link?.isConnected) link.focus()
    else this.#controls.focus()
  }

  #render(): void {
    const now = Date.now()
    const { filter, search } = this.#controls
    const shown = this.#rooms.filter((room) => isShown(room, filter, search, this.#myId))
    if (!shown.some(({ userId }) => userId === this.#tabStopId)) this.#tabStopId = shown[0]?.userId ?? 0
    const elements = shown.map((room) => {
      const row = this.#rows.get(room.userId) ?? roomRow(room.userId)
      this.#rows.set(room.userId, row)
      row.update(room, room.userId === this.#selectedId, now)
      row.link.tabIndex = room.userId === this.#tabStopId ? 0 : -1
      return row.element
    })
    syncChildren(this.#list, elements)
    this.#controls.showCounts(this.#counts)
    setText(this.#emptyHint, this.#rooms.length === 0 ? 'No conversations yet.' : 'No conversation matches.')
    this.#emptyHint.hidden = elements.length > 0
    this.#moreButton.hidden = this.#next === null
    this.#onChange()
  }

  /** The row that has the focus is the one that the Tab key comes back to. */
  #onFocus(target: EventTarget | null): void {
    for (const [userId, { link }] of this.#rows) {
      if (link === target) this.#tabStopId = userId
      link.tabIndex = link === target ? 0 : -1
    }
  }

  /** The list is one Tab stop. The arrow keys move through it, as in a mail program. */
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
