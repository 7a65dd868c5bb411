import { el, setText } from './dom.ts'

/** The line that shows that the other side is typing. */

const SHOWN_FOR_MS = 6_000

export class Typing {
  readonly element = el('p', { class: 'typing', 'aria-live': 'off' })
  readonly #otherName: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(otherName: string) {
    this.#otherName = otherName
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
}
