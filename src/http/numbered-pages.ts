import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { NumberedPage, PageNumber } from '../domain/numbered-page.ts'
import { errorResponse, ResponseThrown } from './answers.ts'

/** Django REST Framework's PageNumberPagination: lists by page number, with absolute addresses of the pages beside. */

const NO_SUCH_PAGE = errorResponse(404, { detail: 'Invalid page.' })

export const noSuchPage = { name: 'no-such-page', answer: NO_SUCH_PAGE }

const readNumber = (given: string): PageNumber | null => {
  if (given === '') return 1
  if (given === 'last') return 'last'
  const number = /^\s*\d{1,9}\s*$/.test(given) ? Number(given) : 0
  return number > 0 ? number : null
}

/** What is no page number is a page that isn't there, and no invalid query. */
export const pageNumberQuery = z.object({
  page: z
    .string()
    .transform((given): PageNumber => {
      const number = readNumber(given)
      if (number === null) throw new ResponseThrown(NO_SUCH_PAGE)
      return number
    })
    .openapi({ type: 'string', example: '1', description: 'Counted from 1; or `last`.' })
    .default(1),
})

export const numberedPageOf = <S extends z.ZodType>(item: S) =>
  z.object({ count: z.int(), next: z.string().nullable(), previous: z.string().nullable(), results: z.array(item) })

/** The page in its envelope; a page beyond the last one is not there. */
export const numbered = <T, W>(
  c: Pick<Context, 'req'>,
  { items, count, number }: NumberedPage<T>,
  size: number,
  toWire: (item: T) => W,
) => {
  const pages = Math.max(1, Math.ceil(count / size))
  if (number > pages) throw new ResponseThrown(NO_SUCH_PAGE)
  const address = (page: number): string => {
    const url = new URL(c.req.url)
    if (page === 1) url.searchParams.delete('page')
    else url.searchParams.set('page', String(page))
    return url.href
  }
  return {
    count,
    next: number < pages ? address(number + 1) : null,
    previous: number > 1 ? address(number - 1) : null,
    results: items.map(toWire),
  }
}
