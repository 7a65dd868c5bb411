import type { JsonSchema } from './json-schema.ts'

/**
 * Descriptions of properties and parameters, by name. `Plan.status` is the property of one schema, `listPlans.status` that of one
 * operation; both take precedence over `status`, which is any property of this name.
 */
export type Descriptions = Readonly<Record<string, string>>

export const descriptionOf = (descriptions: Descriptions, context: string, name: string): string | undefined =>
  descriptions[`${context}.${name}`] ?? descriptions[name]

/** Adds a description to each property that has none. A reference has the description of the schema that it refers to. */
export const withDescriptions = (schema: JsonSchema, descriptions: Descriptions, context: string): JsonSchema => {
  const describe = (inner: unknown): unknown => (isSchema(inner) ? withDescriptions(inner, descriptions, context) : inner)
  const { properties, items, anyOf, additionalProperties } = schema
  return {
    ...schema,
    ...(isSchema(properties) && { properties: describeProperties(properties, descriptions, context) }),
    ...(items !== undefined && { items: describe(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(describe) }),
    ...(additionalProperties !== undefined && { additionalProperties: describe(additionalProperties) }),
  }
}

const describeProperties = (properties: JsonSchema, descriptions: Descriptions, context: string): JsonSchema =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      if (!isSchema(property)) return [name, property]
      const description = descriptionOf(descriptions, context, name)
      const isOwn = property.description !== undefined || property.$ref !== undefined || description === undefined
      return [name, { ...withDescriptions(property, descriptions, context), ...(!isOwn && { description }) }]
    }),
  )

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)
