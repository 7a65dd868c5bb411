/** What somebody may send: so many at once, then so many a second. Whoever goes on regardless is a flood. */

const BURST = 30
const PER_SECOND = 2
/** Refused frames take from the bucket, too: so far below empty it is nobody's typing. */
const FLOOD = -70

export type Verdict = 'fine' | 'slow-down' | 'flood'

/**
 * By account and not by socket, so that more sockets are no more words. Kept in memory: an object sleeps no sooner than
 * after ten seconds of quiet, and by then a bucket is as good as full again.
 */
export class Buckets {
  readonly #levels = new Map<number, { level: number; at: number }>()

  take(accountId: number, now: number): Verdict {
    const before = this.#levels.get(accountId) ?? { level: BURST, at: now }
    const refilled = Math.min(BURST, before.level + ((now - before.at) / 1000) * PER_SECOND)
    const level = refilled - 1
    this.#levels.set(accountId, { level, at: now })
    if (level <= FLOOD) return 'flood'
    return level < 0 ? 'slow-down' : 'fine'
  }
}
