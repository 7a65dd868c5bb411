import * as z from 'zod'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema, errorTextSchema, fieldErrorsSchema } from '../http/openapi/error-schemas.ts'

const TokenMessage = z.object({ token_class: z.string(), token_type: z.string(), message: z.string() }).meta({ id: 'TokenMessage' })

export const meetups: Documentation = {
  errors: [
    errorTextSchema,
    fieldErrorsSchema,
    errorSchema('DetailAndCode', { detail: z.string(), code: z.string() }),
    errorSchema('TokenNotValid', { detail: z.string(), code: z.string(), messages: z.array(TokenMessage) }),
  ],
}
