/** A part of a list, and where the next part begins; null where this was the last. */
export interface Page<T, C> {
  readonly items: readonly T[]
  readonly next: C | null
}

/** Lists are read one row further than they are shown: that row errorResponse whether there is more. */
export const pageOf = <T, C>(found: readonly T[], limit: number, cursorOf: (last: T) => C): Page<T, C> => {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? cursorOf(last) : null }
}
