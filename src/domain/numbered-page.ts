import type { PageStart } from '../model/page.ts'

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
