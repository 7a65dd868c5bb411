import { withAnnotations } from './annotations.ts'
import type { JsonSchema } from './json-schema.ts'

/**
 * Values that a client may send, by the name of the property or parameter. `addPlan.status` is that of one operation, and takes
 * precedence over `status`, which is any that a client sends. `PlanLocation.name` is the property of a named schema.
 */
export type Examples = Readonly<Record<string, unknown>>

export const exampleOf = (examples: Examples, operationId: string, name: string): unknown =>
  examples[`${operationId}.${name}`] ?? examples[name]

/** For what a client sends. */
export const withExamples = (schema: JsonSchema, examples: Examples, operationId: string): JsonSchema =>
  withAnnotations(schema, 'example', (name) => exampleOf(examples, operationId, name))

/** For a named schema, which may also be a part of a response: a response has an example of its own. */
export const withExamplesOfSchema = (schema: JsonSchema, examples: Examples, id: string): JsonSchema =>
  withAnnotations(schema, 'example', (name) => examples[`${id}.${name}`])
