import type { Alarm, Room } from '#chat/desk-events.ts'
import { parseUser, type User } from '#chat/messages.ts'
import { asText } from '#chat/values.ts'
import { alarmEvents, returnEvent, withLinks } from './alarm-events.ts'
import { type Api, errorText } from './api.ts'
import { cannedReplies } from './canned-replies.ts'
import { button, el, setText } from './dom.ts'
import { hasOpenAlarm } from './inbox-order.ts'
import { Notes } from './notes.ts'
import { PersonContext } from './person-context.ts'
import { Thread } from './thread.ts'
import { parseList, valueAt } from './wire.ts'

/** The right half of the inbox: the conversation with one person, and the actions for it. */

const ERROR_LIFETIME_MS = 8_000

interface ConversationOptions {
  readonly api: Api
  readonly me: User
  acknowledge(userId: number, alarmId: string): Promise<void>
  /** This person's alarms, from the desk's data. */
  alarmsOf(userId: number): readonly Alarm[]
  onClaimChanged(userId: number, claimedBy: User | null): void
  onLoggedOut(): void
}

export class Conversation {
  readonly userId: number
  readonly element: HTMLElement
  readonly #thread: Thread
  readonly #context: PersonContext
  readonly #notes: Notes
  readonly #options: ConversationOptions
  readonly #title = el('h2', { class: 'name', tabindex: '-1' })
  readonly #presence = el('span', { class: 'presence' })
  readonly #claimedBy = el('span', { class: 'badge' })
  readonly #claimButton: HTMLButtonElement
  readonly #resolveButton = button('Resolve', () => void this.#toggleResolved())
  readonly #resolved = el('span', { class: 'badge' })
  #noteCount: number
  readonly #openAlarm = el('div', { class: 'open-alarm-strip', hidden: true })
  readonly #error = el('p', { class: 'error', role: 'alert' })
  readonly #connection = el('span', { class: 'presence' })
  #room: Room | undefined

  constructor(userId: number, room: Room | undefined, options: ConversationOptions) {
    this.userId = userId
    this.#options = options
    this.#room = room
    this.#noteCount = room?.notes ?? 0
    this.#claimButton = button('Claim', () => void this.#toggleClaim())
    this.#thread = new Thread({
      userId,
      isAdmin: true,
      otherName: room?.username ?? `Person ${userId}`,
      api: options.api,
      historyPath: `/console/api/rooms/${userId}/messages/`,
      ownName: options.me.username,
      onState: (state) => setText(this.#connection, state === 'waiting' ? ' · reconnecting' : ''),
      onLoggedOut: options.onLoggedOut,
      onError: (message) => this.#showError(message),
    })
    this.#context = new PersonContext(userId, options.api, (alarms) =>
      // The desk is notified of "I am safe" even if staff have acknowledged the alarm before.
      this.#thread.setEvents(alarmEvents([...withLinks(alarms, options.alarmsOf(userId)), ...options.alarmsOf(userId)])),
    )
    void this.#loadReturns(options.api, userId)
    this.#notes = new Notes(userId, options.api)
    this.#context.element.append(this.#notes.element)
    void this.#notes.load()
    const acknowledge = button('Acknowledge', () => void this.#acknowledge(), { class: 'primary' })
    this.#openAlarm.append(el('strong', {}, 'An alarm is open.'), acknowledge)
    const transcript = `/api/v1/chat/user/support/${userId}/messages`
    this.element = el(
      'section',
      { class: 'conversation-panel', 'aria-label': `Conversation with ${room?.username ?? userId}` },
      el(
        'header',
        { class: 'conversation-head' },
        el('a', { href: '#/', class: 'back-link' }, '← Inbox'),
        el('div', { class: 'person' }, this.#title, el('p', {}, this.#presence, this.#connection)),
        this.#resolved,
        this.#claimedBy,
        this.#claimButton,
        this.#resolveButton,
        el(
          'details',
          { class: 'menu' },
          el('summary', {}, 'Transcript'),
          el(
            'ul',
            {},
            ...['txt', 'json'].map((format) =>
              el('li', {}, el('a', { href: `${transcript}.${format}`, download: true }, `Download .${format}`)),
            ),
          ),
        ),
      ),
      this.#openAlarm,
      this.#error,
      this.#context.element,
      this.#thread.element,
      cannedReplies(this.#thread.composer),
    )
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') location.hash = '#/'
    })
    this.update(room)
  }

  update(room: Room | undefined): void {
    this.#room = room
    setText(this.#title, room?.username ?? `Person ${this.userId}`)
    setText(this.#presence, room?.online ? 'Online' : 'Offline')
    this.#presence.classList.toggle('online', room?.online === true)
    const claimedBy = room?.claimedBy ?? null
    const isMine = claimedBy?.id === this.#options.me.id
    this.#claimedBy.hidden = claimedBy === null
    setText(this.#claimedBy, claimedBy ? (isMine ? 'With you' : `With ${claimedBy.username}`) : '')
    this.#claimButton.hidden = claimedBy !== null && !isMine
    setText(this.#claimButton, isMine ? 'Release' : 'Claim')
    this.#resolved.hidden = !room?.resolved
    setText(this.#resolved, room?.resolved ? `Resolved by ${room.resolved.by.username}` : '')
    setText(this.#resolveButton, room?.resolved ? 'Reopen' : 'Resolve')
    this.#resolveButton.hidden = !room || hasOpenAlarm(room)
    // Another staff member has written a note.
    if (room && room.notes !== this.#noteCount) void this.#notes.load()
    this.#noteCount = room?.notes ?? 0
    this.#openAlarm.hidden = !room || !hasOpenAlarm(room)
  }

  focus(): void {
    this.#thread.composer.focus()
  }

  /** Called when an alarm of this person has changed. */
  reloadContext(): void {
    void this.#context.load()
  }

  close(): void {
    this.#context.close()
    this.#thread.close()
  }

  #showError(message: string): void {
    setText(this.#error, message)
    setTimeout(() => this.#error.textContent === message && setText(this.#error, ''), ERROR_LIFETIME_MS)
  }

  async #toggleClaim(): Promise<void> {
    const isMine = this.#room?.claimedBy?.id === this.#options.me.id
    const path = `/console/api/rooms/${this.userId}/take/`
    try {
      await this.#options.api(isMine ? 'DELETE' : 'POST', path)
      this.#options.onClaimChanged(this.userId, isMine ? null : this.#options.me)
    } catch (error) {
      this.#showError(errorText(error))
    }
  }

  async #toggleResolved(): Promise<void> {
    const path = `/console/api/rooms/${this.userId}/resolve/`
    try {
      if (this.#room?.resolved) await this.#options.api('DELETE', path)
      else await this.#options.api('POST', path, { last_message: this.#thread.lastMessageId })
    } catch (error) {
      this.#showError(errorText(error))
    }
  }

  /** Those that happen while the page is open arrive over the socket. */
  async #loadReturns(api: Api, userId: number): Promise<void> {
    const response = await api('GET', `/console/api/rooms/${userId}/returns/`).catch(() => null)
    const returns = parseList(valueAt(response, 'returns'), (value) =>
      returnEvent(asText(valueAt(value, 'at')), parseUser(valueAt(value, 'taken_by'))),
    )
    this.#thread.addReturns(returns)
  }

  async #acknowledge(): Promise<void> {
    const alarm = this.#room?.alarm
    if (!alarm) return
    await this.#options.acknowledge(this.userId, alarm.alarmId).catch((error: unknown) => this.#showError(errorText(error)))
  }
}
