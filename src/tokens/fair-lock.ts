/** Work that is done piece by piece, each of a few milliseconds; between two of them everybody else has a go. */
export type Pieces<T> = Generator<void, T>

export interface FairLock {
  /** Does the work when its turn comes; null when too many are waiting. It is asked for anew if its turn is taken away. */
  take<T>(work: () => Pieces<T>): Promise<T | null>
}

interface Waiter {
  readonly givesUpAt: number
  looksAt: number
}

interface Turn {
  readonly began: number
  pieces: number
}

/** What one turn takes, until the first are over and have shown it. */
const FIRST_GUESS_MS = 50
/** How often whoever is next looks, and how often at least whoever is not. */
const SHORTEST_SLEEP_MS = 3
const LONGEST_SLEEP_MS = 500
/** Whoever ought to have looked so long ago is gone. */
const LATE_MS = 100
/** So many looks in a row that see no piece done: whoever had the turn is gone. Being wrong costs a hash begun anew. */
const PATIENCE = 12

/**
 * One at a time, in the order of asking. A request that its client abandons is dropped by the platform where it stands,
 * without a word, and a request cannot wake another: so nobody hands a turn over. Each waiter sleeps by a timer of its
 * own, for half of what it still has to wait, and looks: is everybody before me gone, and the turn free, or does whoever
 * has it get no further? An abandoned turn is taken over like this; should its holder turn up after all (the machine had
 * stood still), it sees that before its next piece, touches nothing, and asks again.
 */
export const createFairLock = (longestWaitMs: number): FairLock => {
  let waiting: Waiter[] = []
  let current: Turn | null = null
  let usualMs = FIRST_GUESS_MS

  const begin = (): Turn => {
    current = { began: Date.now(), pieces: 0 }
    return current
  }

  const end = (mine: Turn): void => {
    if (current !== mine) return
    usualMs += (Date.now() - mine.began - usualMs) / 4
    current = null
  }

  /** How many are before me, and how long they will probably take. */
  const before = (me: Waiter): { others: number; ms: number } => {
    const now = Date.now()
    const others = waiting.slice(0, waiting.indexOf(me)).filter(({ looksAt }) => looksAt + LATE_MS > now).length
    return { others, ms: others * usualMs + (current ? Math.max(0, current.began + usualMs - now) : 0) }
  }

  const comeUp = async (givesUpAt: number): Promise<Turn | null> => {
    waiting = waiting.filter((other) => other.givesUpAt + LATE_MS > Date.now()) // who was abandoned while waiting
    const me = { givesUpAt, looksAt: Date.now() }
    waiting.push(me)
    try {
      for (let seen = current, pieces = 0, looks = 0; ; looks++) {
        if (seen !== current || pieces !== current?.pieces) [seen, pieces, looks] = [current, current?.pieces ?? 0, 0]
        const { others, ms } = before(me)
        if (others === 0 && (current === null || looks >= PATIENCE)) return begin()
        if (Date.now() + ms > givesUpAt) return null
        const sleep = Math.min(Math.max(ms / 2, SHORTEST_SLEEP_MS), LONGEST_SLEEP_MS)
        me.looksAt = Date.now() + sleep
        await new Promise((resolve) => setTimeout(resolve, sleep))
      }
    } finally {
      waiting = waiting.filter((other) => other !== me)
    }
  }

  return {
    take: async (work) => {
      const givesUpAt = Date.now() + longestWaitMs
      for (;;) {
        const mine = await comeUp(givesUpAt)
        if (!mine) return null
        try {
          const pieces = work()
          while (current === mine) {
            const piece = pieces.next()
            if (piece.done) return piece.value
            mine.pieces++
            await letOthers()
          }
        } finally {
          end(mine)
        }
      }
    },
  }
}

/**
 * A timer, though it rings after a millisecond at the earliest: what resolves without one (a message port, a digest, a
 * stream) lets nobody else's request or answer through.
 */
const letOthers = () => new Promise((resolve) => setTimeout(resolve, 0))
