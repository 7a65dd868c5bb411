import { withAnnotations } from './annotations.ts'
import type { JsonSchema } from './json-schema.ts'

/**
 * Descriptions of properties and parameters, by name. `Plan.status` is the property of one schema, `listPlans.status` that of one
 * operation; both take precedence over `status`, which is any property of this name.
 */
export type Descriptions = Readonly<Record<string, string>>

export const descriptionOf = (descriptions: Descriptions, context: string, name: string): string | undefined =>
  descriptions[`${context}.${name}`] ?? descriptions[name]

/** Adds a description to each property that has none. */
export const withDescriptions = (schema: JsonSchema, descriptions: Descriptions, context: string): JsonSchema =>
  withAnnotations(schema, 'description', (name) => descriptionOf(descriptions, context, name))
