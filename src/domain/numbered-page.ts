import type { PageStart } from '../store/numbered-pages.ts'

/** Which page of a list is asked for, counted from 1. */
export type PageNumber = number | 'last'

/** A page of a list that is shown by page number, and how long the whole list is. */
export interface NumberedPage<T> {
  readonly items: readonly T[]
  readonly count: number
  readonly number: number
}

interface Slice<T> {
  readonly items: readonly T[]
  readonly count: number
}

/** One page, in one read: which the last one is, is known once it is there. */
export const numberedPage = async <T>(
  page: PageNumber,
  size: number,
  read: (from: PageStart) => Promise<Slice<T>>,
): Promise<NumberedPage<T>> => {
  const slice = await read(page === 'last' ? 'last' : (page - 1) * size)
  return { ...slice, number: page === 'last' ? Math.max(1, Math.ceil(slice.count / size)) : page }
}
