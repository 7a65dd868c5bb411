import * as z from 'zod'
import type { Documentation } from '../http/openapi/document.ts'
import {
  errorSchema,
  errorSchemaWithFields,
  errorTextSchema,
  fieldErrorsSchema,
  messageTextSchema,
  rowErrorsSchema,
} from '../http/openapi/error-schemas.ts'

export const matrimony: Documentation = {
  errors: [
    errorTextSchema,
    messageTextSchema,
    fieldErrorsSchema,
    rowErrorsSchema,
    errorSchema('ErrorAndMessage', { error: z.string(), message: z.string() }),
    errorSchema('ErrorAndDetail', { error: z.string(), detail: z.string() }),
    errorSchema('ProfileExists', { message: z.string(), user_id: z.int() }),
    errorSchemaWithFields('ErrorAndFields', { error: z.string() }),
    errorSchemaWithFields('ValidationFailed', { message: z.string(), errors: fieldErrorsSchema.documented }),
  ],
}
