import * as z from 'zod/mini'
import { documented } from '../response/documented.ts'
import type { ErrorResponse } from '../response/specs.ts'
import { type Components, type JsonSchema, jsonSchemaOf } from './json-schema.ts'

/** The named forms of error bodies. Every error of a document has one of them, so that generated clients have a type for each. */

export interface ErrorSchema {
  /** Finds the form of an example. */
  readonly example: z.core.$ZodType
  /** What the document shows. */
  readonly documented: z.core.$ZodType
}

/**
 * A form with these fields and no others. In the document all of them are optional: where a status has several forms, a client
 * looks which fields are there.
 */
export const errorSchema = (id: string, fields: z.core.$ZodLooseShape): ErrorSchema => ({
  example: z.strictObject(fields),
  documented: documented(z.partial(z.strictObject(fields)), { id, minProperties: 1 }),
})

/** The texts for each invalid field. Those of a nested object are nested in the same way. */
const Texts: z.ZodMiniType = documented(z.union([z.array(z.string()), z.lazy(() => FieldErrors)]), { id: 'FieldTexts' })
const FieldErrors = documented(z.record(z.string(), Texts), {
  id: 'FieldErrors',
  description: 'The texts for each invalid field, under its name. `non_field_errors` are about the request as a whole.',
})

export const fieldErrorsSchema: ErrorSchema = { example: FieldErrors, documented: FieldErrors }

/** A form with these fields, and beside them the texts for each invalid field. */
export const errorSchemaWithFields = (id: string, fields: z.core.$ZodLooseShape): ErrorSchema => ({
  example: z.catchall(z.object(fields), Texts),
  documented: documented(z.catchall(z.partial(z.object(fields)), Texts), { id, minProperties: 1 }),
})

/** A list with the field errors of each item of a request. */
export const rowErrorsSchema: ErrorSchema = {
  example: z.array(FieldErrors),
  documented: documented(z.array(FieldErrors), {
    id: 'RowErrors',
    description: 'The errors of each row, in their order; `{}` for a valid row.',
  }),
}

export const detailSchema = errorSchema('Detail', { detail: z.string() })
export const errorTextSchema = errorSchema('ErrorText', { error: z.string() })
export const messageTextSchema = errorSchema('MessageText', { message: z.string() })

/** The forms that errors of every contract have. `error` or `detail`: each contract has its own key for the text of a 500. */
const COMMON = [
  detailSchema,
  errorSchema('ServerError', { detail: z.optional(z.string()), error: z.optional(z.string()), request_id: z.string() }),
]

export type SchemaOfError = (error: ErrorResponse) => JsonSchema

/** Finds the schema of an error's body. An error whose form has no name cannot be documented. */
export const errorSchemaFinder = (own: readonly ErrorSchema[], components: Components): SchemaOfError => {
  const converted = new Map<ErrorSchema, JsonSchema>()
  return ({ status, body }) => {
    const found = [...COMMON, ...own].find(({ example }) => z.safeParse(example, body).success)
    if (!found) throw new Error(`No error schema describes this ${status}: ${JSON.stringify(body)}`)
    const schema = converted.get(found) ?? jsonSchemaOf(found.documented, 'input', components)
    converted.set(found, schema)
    return schema
  }
}
