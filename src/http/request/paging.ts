import * as z from 'zod/mini'
import { documented } from '../response/documented.ts'
import { integer } from './fields.ts'

/**
 * Bare arrays stay bare arrays: the query contains the number of items, and a `Link` header points to the next page. A cursor
 * is the position after which a page starts, in the order of the list, so that every page costs the same. Its format is
 * opaque to clients.
 */

const PAGE_LIMIT = 1000

/** A cursor, read with the schema that the list has for the values of its last row. */
export const cursorOf = <S extends z.ZodMiniType>(schema: S) =>
  documented(
    z.pipe(
      z.string(),
      z.transform((text, context): z.output<S> => {
        const result = schema.safeParse(decode(text))
        if (result.success) return result.data
        context.issues.push({ code: 'custom', message: 'Invalid cursor', input: text })
        return z.NEVER
      }),
    ),
    { type: 'string' },
  )

export const pageQuery = <S extends z.ZodMiniType>(cursor: S) =>
  z.object({
    limit: z._default(integer({ min: 1, max: PAGE_LIMIT }), PAGE_LIMIT),
    cursor: z.optional(cursorOf(cursor)),
  })

/** The header that points to the next page; no header on the last page. */
export const nextLink = (requestUrl: string, cursor: unknown): Readonly<Record<string, string>> => {
  if (cursor === null) return {}
  const url = new URL(requestUrl)
  url.searchParams.set('cursor', encodeCursor(cursor))
  return { Link: `<${url.href}>; rel="next"` }
}

/** The text that `cursorOf` reads. */
export const encodeCursor = (cursor: unknown): string => btoa(encodeURIComponent(JSON.stringify(cursor))).replaceAll('=', '')

const decode = (text: string): unknown => {
  try {
    return JSON.parse(decodeURIComponent(atob(text)))
  } catch {
    return null
  }
}
