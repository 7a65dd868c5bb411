import * as z from 'zod/mini'
import type { Contract } from '../routing/contract.ts'
import type { Route } from '../routing/route.ts'
import { type Descriptions, descriptionOf, withDescriptions } from './descriptions.ts'
import { type ErrorSchema, errorSchemaFinder, type SchemaOfError } from './error-schemas.ts'
import { derivedErrors } from './errors.ts'
import { type Examples, exampleOf, withExamples, withExamplesOfSchema } from './examples.ts'
import { type Components, type JsonSchema, jsonSchemaOf, type SchemaWriter } from './json-schema.ts'
import { type ResponseObject, type ResponseTexts, responseObjects } from './responses.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Readonly<Record<string, unknown>>
  readonly description?: unknown
}

interface RequestBody {
  readonly required: true
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>
}

interface Operation {
  readonly summary: string
  readonly description?: string
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security: Route['access']['security']
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: RequestBody
  readonly responses: Readonly<Record<string, ResponseObject>>
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Components; readonly securitySchemes: Readonly<Record<string, unknown>> }
}

/** The parts of a contract that only its document contains. The Worker does not need them to answer requests. */
export interface Documentation {
  readonly description: string
  /** The forms of this contract's errors, beside those that every contract has. */
  readonly errors: readonly ErrorSchema[]
  /** What the summary and the name of an operation do not show, by its id. */
  readonly operations: Readonly<Record<string, string>>
  readonly responses: ResponseTexts
  /** What the names of properties and parameters do not show. */
  readonly properties: Descriptions
  readonly examples: Examples
}

/**
 * The OpenAPI 3.1 document of a contract, made from the same routes as the router. Beside what a route declares it holds the
 * errors that follow from its access, body, query and quota.
 */
export const createDocument = (contract: Contract, documentation: Documentation, origin: string): OpenApiDocument => {
  const components: Components = {}
  const schemaOfError = errorSchemaFinder(documentation.errors, components)
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of contract.routes) {
    const operation = operationOf(contract, route, documentation, components, schemaOfError)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  const schemes = new Set(contract.routes.flatMap(({ access }) => access.security.flatMap(Object.keys)))
  return {
    openapi: '3.1.0',
    info: { title: contract.title, version: '1.0.0', description: documentation.description },
    servers: [{ url: origin }],
    tags: [...new Set(contract.routes.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [
          name,
          withExamplesOfSchema(withDescriptions(schema, documentation.properties, name), documentation.examples, name),
        ]),
      ),
      securitySchemes: Object.fromEntries(Object.entries(SECURITY_SCHEMES).filter(([name]) => schemes.has(name))),
    },
  }
}

const operationOf = (
  contract: Contract,
  route: Route,
  { operations, responses, properties, examples }: Documentation,
  components: Components,
  schemaOfError: SchemaOfError,
): Operation => {
  const operationId = operationIdOf(route)
  const write: SchemaWriter = (schema, io) => {
    const described = withDescriptions(jsonSchemaOf(schema, io, components), properties, operationId)
    return io === 'input' ? withExamples(described, examples, operationId) : described
  }
  const describe = (name: string) => descriptionOf(properties, operationId, name)
  const show = (name: string) => exampleOf(examples, operationId, name)
  const parameters = [
    ...parametersOf('path', route.params, write, describe, show),
    ...parametersOf('query', route.query, write, describe, show),
  ]
  const description = operations[operationId]
  if (route.summary === undefined) throw new Error(`${operationId} has no summary`)
  return {
    summary: route.summary,
    ...(description !== undefined && { description }),
    security: route.access.security,
    operationId,
    tags: [tagOf(route.path)],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== null && { requestBody: requestBodyOf(route.body, write) }),
    ...(route.rawBody !== undefined && { requestBody: rawBodyOf(route.rawBody, write) }),
    responses: responseObjects(route, responses, derivedErrors(contract, route), write, schemaOfError),
  }
}

const parametersOf = (
  location: Parameter['in'],
  schema: z.core.$ZodType | null,
  write: SchemaWriter,
  describe: (name: string) => string | undefined,
  show: (name: string) => unknown,
): Parameter[] => {
  if (!(schema instanceof z.ZodMiniObject)) return []
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description = describe(name), ...rest } = write(field, 'input')
    const example = show(name)
    return {
      name,
      in: location,
      required: location === 'path' || !z.safeParse(field, undefined).success,
      schema: { ...rest, ...(example !== undefined && { example }) },
      ...(description !== undefined && { description }),
    }
  })
}

/** The three forms in which a body may be sent. Only a multipart form can hold a file. */
const requestBodyOf = (body: z.core.$ZodType, write: SchemaWriter): RequestBody => {
  const schema = write(body, 'input')
  const properties = Object.entries<JsonSchema>({ ...Object(schema.properties) })
  const files = properties.filter(([, { format }]) => format === 'binary').map(([name]) => name)
  const required = Array.isArray(schema.required) ? schema.required : []
  const withoutFiles = { ...schema, properties: Object.fromEntries(properties.filter(([name]) => !files.includes(name))) }
  const needsFile = files.some((name) => required.includes(name))
  return {
    required: true,
    content: {
      ...(!needsFile && { 'application/json': { schema: withoutFiles }, 'application/x-www-form-urlencoded': { schema: withoutFiles } }),
      'multipart/form-data': { schema },
    },
  }
}

const rawBodyOf = (body: z.core.$ZodType, write: SchemaWriter): RequestBody => ({
  required: true,
  content: { 'application/json': { schema: write(body, 'input') } },
})

const SECURITY_SCHEMES = {
  token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'The word `Token`, a space, and the token.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token, or any other valid credential.' },
  feed: { type: 'apiKey', in: 'query', name: 'token', description: 'The token of a calendar feed. It is valid for nothing else.' },
  session: { type: 'apiKey', in: 'cookie', name: 'sessionid', description: 'The cookie that `POST /api/sessions/` sets.' },
}

/** `/api/v1/user/edit/{id}/` has the tag `user`, by which the reference groups operations. */
const tagOf = (path: string): string => path.split('/').find((segment) => segment !== '' && segment !== 'api' && segment !== 'v1') ?? 'root'

const operationIdOf = ({ operationId, method, path }: Route): string => {
  if (operationId === undefined) throw new Error(`${method} ${path} has no operationId`)
  return operationId
}
