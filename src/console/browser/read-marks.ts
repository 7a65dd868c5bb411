import type { ChatMessage } from '#chat/messages.ts'

/** How far each side of a conversation has read. A mark moves forward only. */
export class ReadMarks {
  readonly #isAdmin: boolean
  #own = 0
  #other = 0

  constructor(isAdmin: boolean) {
    this.#isAdmin = isAdmin
  }

  /** The last message of this side that the other side has read. */
  get other(): number {
    return this.#other
  }

  /** A mark from the server. This side may have read on another device or in another tab. */
  set(byAdmin: boolean, id: number): void {
    if (byAdmin === this.#isAdmin) this.#own = Math.max(this.#own, id)
    else this.#other = Math.max(this.#other, id)
  }

  setOwn(id: number): void {
    this.set(this.#isAdmin, id)
  }

  /** The messages of the other side that this side has not read. */
  unread(messages: readonly ChatMessage[]): ChatMessage[] {
    return messages.filter(({ id, fromAdmin }) => fromAdmin !== this.#isAdmin && id > this.#own)
  }
}
