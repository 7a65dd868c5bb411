import { el, setText } from './dom.ts'

/** The line that says that the other side is typing, and the notices that this side is. */

const SEND_INTERVAL_MS = 3_000
const SHOWN_FOR_MS = 6_000

export class Typing {
  readonly element = el('p', { class: 'typing', 'aria-live': 'off' })
  readonly #otherName: string
  /** Returns false if there is no connection. */
  readonly #sendNotice: () => boolean
  #sentAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(otherName: string, sendNotice: () => boolean) {
    this.#otherName = otherName
    this.#sendNotice = sendNotice
  }

  show(): void {
    setText(this.element, `${this.#otherName} is typing…`)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hide(), SHOWN_FOR_MS)
  }

  hide(): void {
    clearTimeout(this.#timer)
    setText(this.element, '')
  }

  send(): void {
    const now = Date.now()
    if (now - this.#sentAt >= SEND_INTERVAL_MS && this.#sendNotice()) this.#sentAt = now
  }

  /** The message was sent: typing that follows is about the next one, and is sent at once. */
  onSent(): void {
    this.#sentAt = 0
  }
}
