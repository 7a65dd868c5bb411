/** Where a page starts: an offset, or the start of the last page. */
export type PageStart = number | 'last'

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

/** The number of the requested page, counted from 1. */
export type PageNumber = number | 'last'

/** A page of a list with page numbers, and the length of the whole list. */
export interface NumberedPage<T> {
  readonly items: readonly T[]
  readonly count: number
  readonly number: number
}

interface Slice<T> {
  readonly items: readonly T[]
  readonly count: number
}

/** Reads one page in one query. The number of the last page follows from the count that the same query returns. */
export const numberedPage = async <T>(
  page: PageNumber,
  size: number,
  read: (from: PageStart) => Promise<Slice<T>>,
): Promise<NumberedPage<T>> => {
  const slice = await read(page === 'last' ? 'last' : (page - 1) * size)
  return { ...slice, number: page === 'last' ? Math.max(1, Math.ceil(slice.count / size)) : page }
}
