import type { NamedError, ResponseSpec, ResponseSpecs } from '../response/specs.ts'
import { type Components, type JsonSchema, jsonSchemaOf } from './json-schema.ts'

type MediaTypes = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface ResponseObject {
  readonly description: string
  readonly content?: MediaTypes
}

/** A route's responses with the errors that every route of its kind can have. */
export const responseObjects = (
  specs: ResponseSpecs,
  commonErrors: readonly NamedError[],
  components: Components,
): Record<string, ResponseObject> => {
  const objects: Record<string, ResponseObject> = {}
  const errors = new Map<number, NamedError[]>()
  const add = (error: NamedError) => errors.set(error.response.status, [...(errors.get(error.response.status) ?? []), error])
  for (const [status, spec] of Object.entries(specs)) {
    if ('errors' in spec) spec.errors.forEach(add)
    else objects[status] = successObject(spec, components)
  }
  commonErrors.forEach(add)
  for (const [status, named] of errors) objects[status] = errorObject(status, named)
  return objects
}

const successObject = (spec: Exclude<ResponseSpec, { errors: unknown }>, components: Components): ResponseObject => {
  if (spec.schema === null) return { description: spec.description }
  const example = spec.example === undefined ? {} : { example: spec.example }
  return {
    description: spec.description,
    content: {
      [spec.contentType.split(';')[0] ?? spec.contentType]: { ...example, schema: jsonSchemaOf(spec.schema, 'output', components) },
    },
  }
}

const errorObject = (status: number, errors: readonly NamedError[]): ResponseObject => {
  const examples = Object.fromEntries(errors.map(({ name, response }) => [name, { value: response.body }]))
  return {
    description: DESCRIPTIONS[status] ?? `Status ${status}`,
    content: { 'application/json': { schema: commonSchema(errors), examples } },
  }
}

const commonSchema = (errors: readonly NamedError[]): JsonSchema => {
  const schemas = errors.map(({ response }) => schemaOf(response.body))
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const [only] = distinct
  return only && distinct.length === 1 ? only : { anyOf: distinct }
}

/** The schema of an example. */
const schemaOf = (value: unknown): JsonSchema => {
  if (value === null) return { type: 'null' }
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? schemaOf(value[0]) : {} }
  if (typeof value === 'string') return { type: 'string' }
  if (typeof value === 'boolean') return { type: 'boolean' }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' }
  const properties = Object.entries(value ?? {}).map(([name, inner]): [string, JsonSchema] => [name, schemaOf(inner)])
  return { type: 'object', properties: Object.fromEntries(properties), required: properties.map(([name]) => name) }
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Missing or invalid credentials',
  403: 'Not allowed',
  404: 'Not found, or not visible to the caller',
  409: 'It already exists',
  413: 'The body is too large',
  415: 'The media type of the body is not supported',
  426: 'The request is not a WebSocket handshake',
  429: 'Too many requests; `Retry-After` says when to try again',
  500: 'Internal error; the request id finds it in the log',
  503: 'Not available at the moment',
}
