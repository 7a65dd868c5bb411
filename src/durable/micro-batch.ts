/**
 * What comes into the quiet is served at once. Where something came so short a while ago it is lively: then all that comes
 * in one turn is served in one round, and is on the disk with one write, which takes no longer than for one thing.
 */
const LIVELY_MS = 50

interface Unserved<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (why: unknown) => void
}

interface How<Item> {
  readonly now: () => number
  /** What has to be known before a round may begin. Whoever comes meanwhile waits as well, and is in it. Never fails. */
  readonly before?: () => Promise<void>
  /** Without an await: that is what makes a round one write. */
  readonly serve: (item: Item) => void
}

/** What an object is given by many, served one after the other, in the order in which it came. */
export class MicroBatch<Item> {
  readonly #how: How<Item>
  #waiting: Unserved<Item>[] = []
  #isUnderWay = false
  #lastAt = 0

  constructor(how: How<Item>) {
    this.#how = how
  }

  /** Resolves when it is served, and not before: of a socket's frames the platform then hands over the next one. */
  serve(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ item, resolve, reject })
    if (!this.#isUnderWay) void this.#serveAll()
    return promise
  }

  async #serveAll(): Promise<void> {
    const { now, before } = this.#how
    this.#isUnderWay = true
    while (this.#waiting.length > 0) {
      if (now() - this.#lastAt < LIVELY_MS) await new Promise((resolve) => setTimeout(resolve, 0))
      await before?.()
      const round = this.#waiting
      this.#waiting = []
      for (const unserved of round) this.#serveOne(unserved)
      this.#lastAt = now()
    }
    this.#isUnderWay = false
  }

  /** One that fails, fails alone. */
  #serveOne({ item, resolve, reject }: Unserved<Item>): void {
    try {
      this.#how.serve(item)
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}
