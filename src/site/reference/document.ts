/** An OpenAPI document of ours, as far as the reference page shows it. */

/** A JSON Schema. Its keywords are read one by one: a keyword that is not shown is ignored. */
export type Schema = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: Schema
  readonly description?: unknown
}

interface Content {
  readonly schema?: unknown
  readonly example?: unknown
  readonly examples?: unknown
}

export type ContentByType = Readonly<Record<string, Content>>

export interface Operation {
  readonly summary: string
  readonly description?: string
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: ContentByType }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: ContentByType }>>
}

export interface ReferenceDocument {
  readonly info: { readonly title: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

export const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)

export const schemaOf = (value: unknown): Schema => (isSchema(value) ? value : {})

/** The name that a reference refers to; null if the schema is none. */
export const nameOf = ({ $ref }: Schema): string | null => (typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : null)

/** The schema that a reference refers to, or the schema itself. */
export const resolve = (schema: Schema, { components }: ReferenceDocument): Schema => {
  const name = nameOf(schema)
  return name === null ? schema : schemaOf(components.schemas[name])
}

const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])

/** The alternatives of a schema; the schema itself if there is no choice. */
export const alternativesOf = (schema: Schema): readonly Schema[] => {
  const alternatives = [...schemasIn(schema.anyOf), ...schemasIn(schema.oneOf)]
  return alternatives.length > 0 ? alternatives : [schema]
}

export const propertiesOf = ({ properties }: Schema): readonly (readonly [string, Schema])[] =>
  Object.entries(schemaOf(properties)).map(([name, schema]) => [name, schemaOf(schema)])

export const isRequired = ({ required }: Schema, name: string): boolean => Array.isArray(required) && required.includes(name)

/** Where a file is uploaded. */
export const isBinary = ({ format }: Schema): boolean => format === 'binary'
