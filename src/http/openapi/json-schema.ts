import * as z from 'zod/mini'

/** JSON Schema, as far as the documents use it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Named schemas of one document. A schema with an `id` in its `meta` is written here once and referred to by `$ref`. */
export type Components = Record<string, JsonSchema>

/** Converts a schema for one operation. */
export type SchemaWriter = (schema: z.core.$ZodType, io: 'input' | 'output') => JsonSchema

const REFERENCE = '#/$defs/'

/** Converts a zod schema: a request by what it accepts (`input`), a response by what it contains (`output`). */
export const jsonSchemaOf = (schema: z.core.$ZodType, io: 'input' | 'output', components: Components): JsonSchema => {
  const {
    $schema: _dialect,
    $defs: definitions = {},
    ...converted
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // zod closes every output object, bounds every integer by what a number can hold, and declares that names are strings. None of it is
      // part of a contract.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      delete jsonSchema.propertyNames
    },
  })
  for (const [name, definition] of Object.entries(definitions)) components[name] = rewritten(definition)
  return rewritten(converted)
}

/** Points references to the document's components, and writes a nullable simple type in OpenAPI 3.1's short form. */
const rewritten = (node: unknown): JsonSchema => ({ ...Object(rewriteNode(node)) })

const rewriteNode = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(rewriteNode)
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === '$ref' && typeof value === 'string'
      ? [key, value.replace(REFERENCE, '#/components/schemas/')]
      : [key, key === 'example' || key === 'default' ? value : rewriteNode(value)],
  )
  return nullableType(Object.fromEntries(entries))
}

const nullableType = (schema: Record<string, unknown>): Record<string, unknown> => {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema
  const [value, none] = anyOf.map((one: unknown): Record<string, unknown> => ({ ...Object(one) }))
  if (none?.type !== 'null' || value?.type === undefined) return schema
  const types = [value.type].flat()
  const enumeration = Array.isArray(value.enum) ? { enum: [...value.enum, null] } : {}
  return { ...value, ...enumeration, type: types.includes('null') ? types : [...types, 'null'], ...rest }
}
