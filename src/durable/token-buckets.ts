import type { ChatLimits } from '../domain/settings.ts'

/** Refused frames take from the bucket, too: so far below empty it is nobody's typing. */
const FLOOD = -70

export type Verdict = 'fine' | 'slow-down' | 'flood'

/**
 * What somebody may send. By account and not by socket, so that more sockets are no more words. Kept in memory: an object
 * sleeps no sooner than after ten seconds of quiet, and by then a bucket of the usual size is as good as full again.
 */
export class TokenBuckets {
  readonly #limits: ChatLimits
  readonly #levels = new Map<number, { level: number; at: number }>()

  constructor(limits: ChatLimits) {
    this.#limits = limits
  }

  take(accountId: number, now: number): Verdict {
    const { burst, perSecond } = this.#limits
    const before = this.#levels.get(accountId) ?? { level: burst, at: now }
    const refilled = Math.min(burst, before.level + ((now - before.at) / 1000) * perSecond)
    const level = refilled - 1
    this.#levels.set(accountId, { level, at: now })
    if (level <= FLOOD) return 'flood'
    return level < 0 ? 'slow-down' : 'fine'
  }
}
