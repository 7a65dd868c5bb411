export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** Exponential backoff: the delay after the first failure, doubled with each further failure, up to a maximum. */
export const backoff = ({ firstMs, maxMs }: Backoff, failures: number): number =>
  // The exponent is limited, because the number of failures is not.
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 20))
