import * as z from 'zod'
import { integer } from './fields.ts'

/**
 * Bare arrays stay bare arrays: the query says how many items are wanted, and a `Link` header points to the rest. A cursor
 * is the position after which a page starts, in the order of the list, so that every page costs the same. Its format is
 * opaque to clients.
 */

const PAGE_LIMIT = 1000

/** A cursor, read with the schema that the list has for the values of its last row. */
export const cursorOf = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context): z.output<S> => {
      const result = schema.safeParse(decode(text))
      if (result.success) return result.data
      context.addIssue({ code: 'custom', message: 'Invalid cursor' })
      return z.NEVER
    })
    .meta({ type: 'string', description: 'Where the page starts: taken from the previous page.' })

export const pageQuery = <S extends z.ZodType>(cursor: S) =>
  z.object({
    limit: integer({ min: 1, max: PAGE_LIMIT, description: 'The maximum number of items.' }).default(PAGE_LIMIT),
    cursor: cursorOf(cursor).optional(),
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
