import * as z from 'zod'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema, errorTextSchema, fieldErrorsSchema } from '../http/openapi/error-schemas.ts'

export const mindharmony: Documentation = {
  errors: [errorTextSchema, fieldErrorsSchema, errorSchema('InvalidToken', { valid: z.literal(false) })],
}
