/**
 * Whoever speaks into the quiet is served at once. Where somebody spoke so short a while ago it is lively: then all that
 * comes in one turn is served in one round, and is on the disk with one write, which takes no longer than for one word.
 */
const LIVELY_MS = 50

interface Unserved {
  readonly socket: WebSocket
  readonly given: string | ArrayBuffer
  readonly resolve: () => void
  readonly reject: (why: unknown) => void
}

interface How {
  readonly now: () => number
  /** What has to be known before a round may begin. Whoever comes meanwhile waits as well, and is in it. Never fails. */
  readonly before: () => Promise<void>
  /** Without an await: that is what makes a round one write. */
  readonly serve: (socket: WebSocket, given: string | ArrayBuffer) => void
}

/** The frames of an object's sockets, served one after the other, in the order in which they came. */
export class Rounds {
  readonly #how: How
  #waiting: Unserved[] = []
  #isUnderWay = false
  #lastAt = 0

  constructor(how: How) {
    this.#how = how
  }

  /** Resolves when the frame is served, and not before: the platform then hands over the next one of that socket. */
  serve(socket: WebSocket, given: string | ArrayBuffer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ socket, given, resolve, reject })
    if (!this.#isUnderWay) void this.#serveAll()
    return promise
  }

  async #serveAll(): Promise<void> {
    const { now, before } = this.#how
    this.#isUnderWay = true
    while (this.#waiting.length > 0) {
      if (now() - this.#lastAt < LIVELY_MS) await new Promise((resolve) => setTimeout(resolve, 0))
      await before()
      const round = this.#waiting
      this.#waiting = []
      for (const frame of round) this.#serveOne(frame)
      this.#lastAt = now()
    }
    this.#isUnderWay = false
  }

  /** One that fails, fails alone. */
  #serveOne({ socket, given, resolve, reject }: Unserved): void {
    try {
      this.#how.serve(socket, given)
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}
