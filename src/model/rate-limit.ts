/** At most `max` within a time span. */
export interface RateLimit {
  readonly max: number
  readonly withinMs: number
}
