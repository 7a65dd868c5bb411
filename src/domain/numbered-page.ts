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

/** One page, in one read; only who asks for the last one by its name has to wait until it is known which that is. */
export const numberedPage = async <T>(
  page: PageNumber,
  size: number,
  read: (offset: number) => Promise<Slice<T>>,
): Promise<NumberedPage<T>> => {
  const asked = page === 'last' ? 1 : page
  const slice = await read((asked - 1) * size)
  const last = Math.max(1, Math.ceil(slice.count / size))
  if (page !== 'last' || last === 1) return { ...slice, number: asked }
  return { ...(await read((last - 1) * size)), number: last }
}
