import { type Api, wordsOf } from './api.ts'
import { cannedReplies } from './canned-replies.ts'
import { button, el, say } from './dom.ts'
import { isRinging } from './inbox-order.ts'
import { Thread } from './thread.ts'
import type { Room, Somebody } from './wire.ts'

/** The right half of the inbox: one person, and everything that can be done for them from here. */

interface Surroundings {
  readonly api: Api
  readonly me: Somebody
  acknowledge(userId: number, alarmId: string): Promise<void>
  taken(userId: number, by: Somebody | null): void
  onSignedOut(): void
}

export class Conversation {
  readonly userId: number
  readonly element: HTMLElement
  readonly #thread: Thread
  readonly #around: Surroundings
  readonly #title = el('h2', { class: 'name', tabindex: '-1' })
  readonly #presence = el('span', { class: 'presence' })
  readonly #takenBy = el('span', { class: 'badge' })
  readonly #take: HTMLButtonElement
  readonly #ringing = el('div', { class: 'ringing-strip', hidden: true })
  readonly #said = el('p', { class: 'error', role: 'alert' })
  readonly #line = el('span', { class: 'presence' })
  #room: Room | undefined

  constructor(userId: number, room: Room | undefined, around: Surroundings) {
    this.userId = userId
    this.#around = around
    this.#room = room
    this.#take = button('Take', () => void this.#toggleTaken())
    this.#thread = new Thread({
      userId,
      isAdmin: true,
      other: room?.username ?? `Person ${userId}`,
      api: around.api,
      onState: (state) => say(this.#line, state === 'waiting' ? ' · reconnecting' : ''),
      onSignedOut: around.onSignedOut,
      onError: (words) => this.#tell(words),
    })
    const acknowledge = button('Acknowledge', () => void this.#acknowledge(), { class: 'main' })
    this.#ringing.append(el('strong', {}, 'An alarm is open.'), acknowledge)
    const transcript = `/api/v1/chat/user/support/${userId}/messages`
    this.element = el(
      'section',
      { class: 'with', 'aria-label': `Conversation with ${room?.username ?? userId}` },
      el(
        'header',
        { class: 'conversation-head' },
        el('a', { href: '#/', class: 'back' }, '← Inbox'),
        el('div', { class: 'who' }, this.#title, el('p', {}, this.#presence, this.#line)),
        this.#takenBy,
        this.#take,
        el(
          'details',
          { class: 'menu' },
          el('summary', {}, 'Transcript'),
          el(
            'ul',
            {},
            ...['txt', 'json'].map((kind) => el('li', {}, el('a', { href: `${transcript}.${kind}`, download: true }, `As .${kind}`))),
          ),
        ),
      ),
      this.#ringing,
      this.#said,
      this.#thread.element,
      cannedReplies(this.#thread.composer),
    )
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') location.hash = '#/'
    })
    this.show(room)
  }

  show(room: Room | undefined): void {
    this.#room = room
    say(this.#title, room?.username ?? `Person ${this.userId}`)
    say(this.#presence, room?.online ? 'Online' : 'Offline')
    this.#presence.classList.toggle('online', room?.online === true)
    const by = room?.takenBy ?? null
    const mine = by?.id === this.#around.me.id
    this.#takenBy.hidden = by === null
    say(this.#takenBy, by ? (mine ? 'Yours' : `With ${by.username}`) : '')
    this.#take.hidden = by !== null && !mine
    say(this.#take, mine ? 'Release' : 'Take')
    this.#ringing.hidden = !room || !isRinging(room)
  }

  focus(): void {
    this.#thread.composer.focus()
  }

  end(): void {
    this.#thread.end()
  }

  #tell(words: string): void {
    say(this.#said, words)
    setTimeout(() => this.#said.textContent === words && say(this.#said, ''), 8_000)
  }

  async #toggleTaken(): Promise<void> {
    const mine = this.#room?.takenBy?.id === this.#around.me.id
    const path = `/console/api/rooms/${this.userId}/take/`
    try {
      await this.#around.api(mine ? 'DELETE' : 'POST', path)
      this.#around.taken(this.userId, mine ? null : this.#around.me)
    } catch (error) {
      this.#tell(wordsOf(error))
    }
  }

  async #acknowledge(): Promise<void> {
    const alarm = this.#room?.alarm
    if (!alarm) return
    await this.#around.acknowledge(this.userId, alarm.alarmId).catch((error: unknown) => this.#tell(wordsOf(error)))
  }
}
