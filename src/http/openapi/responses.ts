import type { EmptySuccess, ErrorResponse, NamedError, Success } from '../response/specs.ts'
import type { Route } from '../routing/route.ts'
import type { SchemaOfError } from './error-schemas.ts'
import type { JsonSchema, SchemaWriter } from './json-schema.ts'

type MediaTypes = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface ResponseObject {
  readonly description: string
  readonly content?: MediaTypes
}

/** What the document shows of the successes of each operation, by its id and the status. No request is answered with it. */
export type ResponseTexts = Readonly<Record<string, Readonly<Record<string, SuccessTexts>>>>

interface SuccessTexts {
  readonly description: string
  /** A body of the operation's schema. */
  readonly example?: unknown
}

/** A route's responses: those that it declares, and the errors that are derived from it. */
export const responseObjects = (
  { operationId, responses: specs }: Pick<Route, 'operationId' | 'responses'>,
  texts: ResponseTexts,
  derived: readonly NamedError[],
  write: SchemaWriter,
  schemaOfError: SchemaOfError,
): Record<string, ResponseObject> => {
  const objects: Record<string, ResponseObject> = {}
  const errors = new Map<number, NamedError[]>()
  const add = (error: NamedError) => errors.set(error.response.status, [...(errors.get(error.response.status) ?? []), error])
  for (const [status, spec] of Object.entries(specs)) {
    if ('errors' in spec) spec.errors.forEach(add)
    else {
      const own = texts[operationId ?? '']?.[status]
      if (!own) throw new Error(`${operationId}: no description of the ${status} in src/documents/responses/`)
      objects[status] = successObject(spec, own, write)
    }
  }
  derived.forEach(add)
  for (const [status, named] of errors) objects[status] = errorObject(status, named, schemaOfError)
  return objects
}

const successObject = (spec: Success | EmptySuccess, { description, example }: SuccessTexts, write: SchemaWriter): ResponseObject => {
  if (spec.schema === null) return { description }
  const mediaType = spec.contentType.split(';')[0] ?? spec.contentType
  return { description, content: { [mediaType]: { ...(example !== undefined && { example }), schema: write(spec.schema, 'output') } } }
}

const errorObject = (status: number, errors: readonly NamedError[], schemaOfError: SchemaOfError): ResponseObject => {
  const examples = new Map<string, { readonly value: ErrorResponse['body'] }>()
  const schemas = new Map<string, JsonSchema>()
  const shown = new Set<string>()
  for (const { name, response } of errors) {
    const schema = schemaOfError(response)
    const key = JSON.stringify(schema)
    schemas.set(key, schema)
    // One example for each body, and one for each form that an error of this name has.
    if (shown.has(JSON.stringify(response.body)) || shown.has(name + key)) continue
    shown.add(JSON.stringify(response.body)).add(name + key)
    examples.set(unusedName(name, examples), { value: response.body })
  }
  const [only, ...others] = schemas.values()
  const schema = only && others.length === 0 ? only : { anyOf: [...schemas.values()] }
  return {
    description: DESCRIPTIONS[status] ?? `Status ${status}`,
    content: { 'application/json': { schema, examples: Object.fromEntries(examples) } },
  }
}

const unusedName = (name: string, used: ReadonlyMap<string, unknown>, number = 1): string => {
  const candidate = number === 1 ? name : `${name}-${number}`
  return used.has(candidate) ? unusedName(name, used, number + 1) : candidate
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
  429: 'Too many requests; `Retry-After` is the number of seconds to wait',
  500: 'Internal error; the request id finds it in the log',
  503: 'Not available at the moment',
}
