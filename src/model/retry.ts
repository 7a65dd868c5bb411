import { MINUTE, SECOND } from './time.ts'

/** Doubling stops here, because the number of failures has no limit. */
export const MAX_DOUBLINGS = 20

export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** Exponential backoff: the delay after the first failure, doubled with each further failure, up to a maximum. */
export const backoff = ({ firstMs, maxMs }: Backoff, failures: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, MAX_DOUBLINGS))

const DELIVERY_RETRY: Backoff = { firstMs: 5 * SECOND, maxMs: 15 * MINUTE }

/**
 * How long to wait before the next attempt: exponential backoff with a maximum and random jitter, so that deliveries that
 * failed together are not retried together. If a provider sent Retry-After (`afterMs`), it is not called earlier.
 */
export const retryDelay = (attempts: number, random: number, afterMs: number | null = null): number => {
  const max = backoff(DELIVERY_RETRY, attempts)
  const jittered = Math.round(max / 2 + (max / 2) * random)
  return Math.max(jittered, afterMs ?? 0)
}
