import type { JsonSchema } from './json-schema.ts'

/** Adds a keyword to each property that has none. A reference has what the schema has that it refers to. */
export const withAnnotations = (schema: JsonSchema, keyword: 'description' | 'example', lookUp: (name: string) => unknown): JsonSchema => {
  const annotate = (inner: unknown): unknown => (isSchema(inner) ? withAnnotations(inner, keyword, lookUp) : inner)
  const annotateProperty = (name: string, property: unknown): unknown => {
    if (!isSchema(property)) return property
    const value = lookUp(name)
    const isOwn = property[keyword] !== undefined || property.$ref !== undefined || value === undefined
    return { ...withAnnotations(property, keyword, lookUp), ...(!isOwn && { [keyword]: value }) }
  }
  const { properties, items, anyOf, additionalProperties } = schema
  return {
    ...schema,
    ...(isSchema(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, annotateProperty(name, property)])),
    }),
    ...(items !== undefined && { items: annotate(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(annotate) }),
    ...(additionalProperties !== undefined && { additionalProperties: annotate(additionalProperties) }),
  }
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)
