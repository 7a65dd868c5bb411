/** One page of a list, and the cursor of the next page; null on the last page. */
export interface Page<T, C> {
  readonly items: readonly T[]
  readonly next: C | null
}

/** Makes a page of `limit` rows. Callers read one row more than that: the extra row shows that there is a next page. */
export const pageOf = <T, C>(rows: readonly T[], limit: number, cursorOf: (last: T) => C): Page<T, C> => {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? cursorOf(last) : null }
}
