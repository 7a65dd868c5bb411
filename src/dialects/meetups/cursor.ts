import * as z from 'zod/mini'
import { OBJECT_ID } from '../../model/object-id.ts'

/** The cursor of a list that is ordered by id: the last id of the previous page. */
export const IdCursor = z.string().check(z.regex(OBJECT_ID))
