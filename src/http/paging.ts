import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { integer } from './fields.ts'

/**
 * Bare arrays stay bare arrays: how much of one is asked for stands in the query, and where the rest is in a `Link`
 * header. A cursor is the place after which a page begins, in the order of the list, so that a page costs the same
 * wherever it is; what it looks like is nobody's business but ours.
 */

export const PAGE_LIMIT = 1000

/** What went into the last row of a page, read back with the schema that the list has for it. */
export const cursorOf = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((given, context): z.output<S> => {
      const read = schema.safeParse(decode(given))
      if (read.success) return read.data
      context.addIssue({ code: 'custom', message: 'Invalid cursor' })
      return z.NEVER
    })
    .openapi({ type: 'string', description: 'Where the page begins: as the page before has it.' })

export const pageQuery = <S extends z.ZodType>(cursor: S) =>
  z.object({
    limit: integer({ min: 1, max: PAGE_LIMIT, description: 'How many at most.' }).default(PAGE_LIMIT),
    cursor: cursorOf(cursor).optional(),
  })

/** Says where the next page is, if there is one. */
export const linkNext = (c: Pick<Context, 'req' | 'header'>, cursor: unknown): void => {
  if (cursor === null) return
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', cursorText(cursor))
  c.header('Link', `<${url.href}>; rel="next"`)
}

/** What `cursorOf` reads. */
export const cursorText = (cursor: unknown): string => btoa(encodeURIComponent(JSON.stringify(cursor))).replaceAll('=', '')

const decode = (text: string): unknown => {
  try {
    return JSON.parse(decodeURIComponent(atob(text)))
  } catch {
    return null
  }
}
