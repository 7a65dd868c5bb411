import * as z from 'zod'

/** The cursor of a list that is ordered by id: the last id of the previous page. */
export const IdCursor = z.string().regex(/^[0-9a-f]{24}$/)
