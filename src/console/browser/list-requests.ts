interface Answer<Response, Item> {
  readonly response: Response
  /** What events contained while the request was in flight. It is newer than the response. */
  readonly updates: readonly Item[]
  /** A request that was sent later has been answered before. */
  readonly isOutdated: boolean
}

/** The requests for a list that events change at the same time. Without this, a response would undo an event that arrived before it. */
export class ListRequests<Item> {
  readonly #inFlight = new Set<Item[]>()
  #lastSent = 0
  #lastAnswered = 0

  /** Must be called with the items of each event. */
  record(items: readonly Item[]): void {
    for (const updates of this.#inFlight) updates.push(...items)
  }

  /** Null if `cancel` was called meanwhile. */
  async send<Response>(request: () => Promise<Response>): Promise<Answer<Response, Item> | null> {
    const updates: Item[] = []
    this.#inFlight.add(updates)
    this.#lastSent++
    const number = this.#lastSent
    try {
      const response = await request()
      if (!this.#inFlight.has(updates)) return null
      const isOutdated = number < this.#lastAnswered
      if (!isOutdated) this.#lastAnswered = number
      return { response, updates, isOutdated }
    } finally {
      this.#inFlight.delete(updates)
    }
  }

  /** The responses of all requests in flight belong to a user who has logged out. */
  cancel(): void {
    this.#inFlight.clear()
  }
}
