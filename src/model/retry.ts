/** Doubling stops here, because the number of failures has no limit. */
export const MAX_DOUBLINGS = 20

export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** Exponential backoff: the delay after the first failure, doubled with each further failure, up to a maximum. */
export const backoff = ({ firstMs, maxMs }: Backoff, failures: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, MAX_DOUBLINGS))
