/**
 * An item that arrives after a quiet period is handled at once. If the last batch ended less than this long ago, the load
 * is high: then all items that arrive in the same turn of the event loop are handled in one batch. One batch is one write
 * to disk, and that write takes no longer than the write for a single item.
 */
const BUSY_WINDOW_MS = 50

interface QueuedItem<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

interface MicroBatchOptions<Item> {
  readonly now: () => number
  /** Must finish before a batch may start. Items that arrive meanwhile wait too, and join that batch. Must not fail. */
  readonly before?: () => Promise<void>
  /** Synchronous: without an `await` in between, a whole batch becomes one write. */
  readonly handle: (item: Item) => void
}

/** Handles the items that many callers pass to an object, one after the other, in the order of their arrival. */
export class MicroBatch<Item> {
  readonly #options: MicroBatchOptions<Item>
  #queue: QueuedItem<Item>[] = []
  #isRunning = false
  #lastBatchAt = 0

  constructor(options: MicroBatchOptions<Item>) {
    this.#options = options
  }

  /** Resolves after the item was handled, not earlier: only then does the platform deliver the next frame of that socket. */
  add(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#queue.push({ item, resolve, reject })
    if (!this.#isRunning) void this.#run()
    return promise
  }

  async #run(): Promise<void> {
    const { now, before } = this.#options
    this.#isRunning = true
    while (this.#queue.length > 0) {
      if (now() - this.#lastBatchAt < BUSY_WINDOW_MS) await new Promise((resolve) => setTimeout(resolve, 0))
      await before?.()
      const batch = this.#queue
      this.#queue = []
      for (const queued of batch) this.#handleOne(queued)
      this.#lastBatchAt = now()
    }
    this.#isRunning = false
  }

  /** If one item fails, only the promise of that item is rejected. */
  #handleOne({ item, resolve, reject }: QueuedItem<Item>): void {
    try {
      this.#options.handle(item)
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}
