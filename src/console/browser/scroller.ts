import { el } from './dom.ts'

/** The scrolling area of a conversation. It stays at its end until the user scrolls away from it. */

const NEAR_TOP_PX = 160
const NEAR_END_PX = 80

export class Scroller {
  readonly element = el('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Messages' })
  // When an on-screen keyboard or another element takes space, the last message must stay visible.
  readonly #resizeObserver = new ResizeObserver(() => this.#isAtEnd && this.toEnd())
  #isAtEnd = true

  constructor(onNearTop: () => void) {
    this.#resizeObserver.observe(this.element)
    const onScroll = (): void => {
      const { scrollHeight, scrollTop, clientHeight } = this.element
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
      if (scrollTop < NEAR_TOP_PX) onNearTop()
    }
    this.element.addEventListener('scroll', onScroll, { passive: true })
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  toEnd(): void {
    this.#isAtEnd = true
    this.element.scrollTop = this.element.scrollHeight
  }

  /** For content that is added above: the text being read does not move. */
  keepPosition(change: () => void): void {
    const distanceFromEnd = this.element.scrollHeight - this.element.scrollTop
    change()
    this.element.scrollTop = this.element.scrollHeight - distanceFromEnd
  }

  close(): void {
    this.#resizeObserver.disconnect()
  }
}
