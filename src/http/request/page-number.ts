import * as z from 'zod/mini'
import type { NumberedPage, PageNumber } from '../../model/page.ts'
import { documented } from '../response/documented.ts'
import { errorResponse, HttpError } from '../response/errors.ts'

/** Lists by page number with absolute URLs of the neighbouring pages, as Django REST Framework's PageNumberPagination writes them. */

const INVALID_PAGE = errorResponse(404, { detail: 'Invalid page.' })

export const invalidPage = { name: 'invalid-page', response: INVALID_PAGE }

const readNumber = (text: string): PageNumber | null => {
  if (text === '') return 1
  if (text === 'last') return 'last'
  const number = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0
  return number > 0 ? number : null
}

/** An invalid page number means a page that does not exist, not an invalid query. */
export const pageNumberQuery = z.object({
  page: z._default(
    documented(
      z.pipe(
        z.string(),
        z.transform((text): PageNumber => {
          const number = readNumber(text)
          if (number === null) throw new HttpError(INVALID_PAGE)
          return number
        }),
      ),
      { type: 'string' },
    ),
    1,
  ),
})

export const numberedPageOf = <S extends z.ZodMiniType>(item: S) =>
  z.object({ count: z.int(), next: z.nullable(z.string()), previous: z.nullable(z.string()), results: z.array(item) })

/** The page in its envelope. A page after the last one does not exist. */
export const numberedPageToWire = <T, W>(
  requestUrl: string,
  { items, count, number }: NumberedPage<T>,
  size: number,
  toWire: (item: T) => W,
) => {
  const pages = Math.max(1, Math.ceil(count / size))
  if (number > pages) throw new HttpError(INVALID_PAGE)
  const urlOf = (page: number): string => {
    const url = new URL(requestUrl)
    if (page === 1) url.searchParams.delete('page')
    else url.searchParams.set('page', String(page))
    return url.href
  }
  return {
    count,
    next: number < pages ? urlOf(number + 1) : null,
    previous: number > 1 ? urlOf(number - 1) : null,
    results: items.map(toWire),
  }
}
