import type { ChatLimits } from '../domain/settings.ts'

/** Rejected frames consume tokens, too. A level this far below zero cannot come from a person who types. */
const FLOOD_LEVEL = -70

export type RateLimitResult = 'allowed' | 'slow-down' | 'flood'

/**
 * Rate limit for the frames of each account. The key is the account and not the socket, so that more sockets do not
 * allow more messages. The buckets are in memory only: an object hibernates after ten seconds without traffic at the
 * earliest, and a bucket of the default size is almost full again by then.
 */
export class TokenBuckets {
  readonly #limits: ChatLimits
  readonly #buckets = new Map<number, { level: number; updatedAt: number }>()

  constructor(limits: ChatLimits) {
    this.#limits = limits
  }

  consume(accountId: number, now: number): RateLimitResult {
    const { burst, perSecond } = this.#limits
    const previous = this.#buckets.get(accountId) ?? { level: burst, updatedAt: now }
    const refilled = Math.min(burst, previous.level + ((now - previous.updatedAt) / 1000) * perSecond)
    const level = refilled - 1
    this.#buckets.set(accountId, { level, updatedAt: now })
    if (level <= FLOOD_LEVEL) return 'flood'
    return level < 0 ? 'slow-down' : 'allowed'
  }
}
