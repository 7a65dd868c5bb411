/** Where a page starts: an offset, or the start of the last page. */
export type PageStart = number | 'last'

/** One page of a list, and the cursor of the next page; null on the last page. */
export interface Page<T, C> {
  readonly items: readonly T[]
  readonly next: C | null
}

/** A response is not longer than this: the requests of an isolate share 128 MB, and each list is held as rows, objects and text. */
export const PAGE_MAX_BYTES = 1024 * 1024

/** Of the keys that a contract writes beside the values of a row, its URLs, and the envelope. */
export const ITEM_OVERHEAD_BYTES = 256

const encoder = new TextEncoder()

const sizeOf = (row: unknown): number => encoder.encode(JSON.stringify(row)).length

/** UTF-8 takes three bytes at most for a character of JavaScript. Takes half the time of the exact size. */
const largestSizeOf = (row: unknown): number => 3 * JSON.stringify(row).length

/** The first row that does not fit into one response together with those before it; -1 if all do. */
const firstTooMany = (rows: readonly unknown[], size: (row: unknown) => number): number => {
  let bytes = 0
  return rows.findIndex((row) => {
    bytes += size(row) + ITEM_OVERHEAD_BYTES
    return bytes > PAGE_MAX_BYTES
  })
}

/** The first rows that fit into one response together: at least one, or a list would not go on. */
export const fitting = <T>(rows: readonly T[]): readonly T[] => {
  if (firstTooMany(rows, largestSizeOf) < 0) return rows
  const tooMany = firstTooMany(rows, sizeOf)
  return tooMany < 0 ? rows : rows.slice(0, Math.max(1, tooMany))
}

/**
 * Makes a page of `limit` rows, or of fewer if these would be longer than a response may be. Callers read one row more than
 * `limit`: a row that is left out shows that there is a next page.
 */
export const pageOf = <T, C>(rows: readonly T[], limit: number, cursorOf: (last: T) => C): Page<T, C> => {
  const items = fitting(rows.slice(0, limit))
  const last = items.at(-1)
  return { items, next: rows.length > items.length && last ? cursorOf(last) : null }
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
