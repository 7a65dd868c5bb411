import * as z from 'zod'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema } from '../http/openapi/error-schemas.ts'

const Texts = z.union([z.string(), z.array(z.string())])

export const facility: Documentation = {
  errors: [errorSchema('FieldDetails', { detail: z.record(z.string(), Texts) })],
}
