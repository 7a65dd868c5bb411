import { z } from '@hono/zod-openapi'

/** Where a page of a list by id begins: after this one. */
export const IdCursor = z.string().regex(/^[0-9a-f]{24}$/)
