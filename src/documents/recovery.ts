import * as z from 'zod'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema, errorTextSchema, fieldErrorsSchema } from '../http/openapi/error-schemas.ts'

const CrisisLine = z.object({ country: z.string(), name: z.string(), contact: z.string() }).meta({ id: 'CrisisLine' })

export const recovery: Documentation = {
  errors: [errorTextSchema, fieldErrorsSchema, errorSchema('AssistantUnavailable', { error: z.string(), resources: z.array(CrisisLine) })],
}
