import * as z from 'zod/mini'
import { parseError, TOO_LARGE, unsupported } from '../request/body.ts'
import { fieldErrors } from '../request/field-errors.ts'
import { errorResponse, throttled } from '../response/errors.ts'
import type { NamedError } from '../response/specs.ts'
import { needsCredential } from '../routing/access.ts'
import type { Contract } from '../routing/contract.ts'
import type { Route } from '../routing/route.ts'
import { patternOf } from '../routing/segment-router.ts'
import { type Components, jsonSchemaOf } from './json-schema.ts'
import { type ResponseObject, responseObjects } from './responses.ts'

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

/**
 * The OpenAPI 3.1 document of a contract, made from the same routes as the router. Beside what a route declares it holds
 * the errors that every route of its kind can have (body, credentials, rate limit), from the functions that write them.
 */
export const documentOf = (contract: Contract, origin: string): OpenApiDocument => {
  const components: Components = {}
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of contract.routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(contract, route, components) }
  }
  const schemes = new Set(contract.routes.flatMap(({ access }) => access.security.flatMap(Object.keys)))
  return {
    openapi: '3.1.0',
    info: { title: contract.title, version: '1.0.0', description: contract.description },
    servers: [{ url: origin }],
    tags: [...new Set(contract.routes.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths,
    components: {
      schemas: components,
      securitySchemes: Object.fromEntries(Object.entries(SECURITY_SCHEMES).filter(([name]) => schemes.has(name))),
    },
  }
}

const operationOf = (contract: Contract, route: Route, components: Components): Operation => {
  const parameters = [...parametersOf('path', route.params, components), ...parametersOf('query', route.query, components)]
  return {
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    security: route.access.security,
    operationId: operationIdOf(route),
    tags: [tagOf(route.path)],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== null && { requestBody: requestBodyOf(route.body, components) }),
    ...(route.rawBody !== undefined && { requestBody: rawBodyOf(route.rawBody, components) }),
    responses: responseObjects(route.responses, commonErrors(contract, route), components),
  }
}

const parametersOf = (location: Parameter['in'], schema: z.ZodMiniType | null, components: Components): Parameter[] => {
  if (!(schema instanceof z.ZodMiniObject)) return []
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = jsonSchemaOf(field, 'input', components)
    return {
      name,
      in: location,
      required: location === 'path' || !z.safeParse(field, undefined).success,
      schema: rest,
      ...(description !== undefined && { description }),
    }
  })
}

/** The three forms in which every body may be sent. */
const requestBodyOf = (body: z.ZodMiniType, components: Components): RequestBody => {
  const schema = jsonSchemaOf(body, 'input', components)
  return {
    required: true,
    content: {
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': { schema },
    },
  }
}

const rawBodyOf = (body: z.ZodMiniType, components: Components): RequestBody => ({
  required: true,
  content: { 'application/json': { schema: jsonSchemaOf(body, 'input', components) } },
})

const SECURITY_SCHEMES = {
  token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'The word `Token`, a space, and the token.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token, or any other valid credential.' },
  feed: { type: 'apiKey', in: 'query', name: 'token', description: 'The token of a calendar feed. It opens nothing else.' },
  session: { type: 'apiKey', in: 'cookie', name: 'sessionid', description: 'The cookie that `POST /api/sessions/` sets.' },
}

const commonErrors = (contract: Contract, route: Route): NamedError[] => {
  const path = patternOf(route.path)
  const errors: NamedError[] = []
  if (route.body) {
    const result = route.body.safeParse({}, { reportInput: true })
    if (!result.success) {
      const invalid = fieldErrors(result.error.issues)
      errors.push({ name: 'invalid', response: route.bodyOptions.invalid?.(invalid) ?? contract.invalid(invalid, path) })
    }
    errors.push({ name: 'malformed', response: parseError('Unexpected token') })
    errors.push({ name: 'too-large', response: TOO_LARGE }, { name: 'unsupported', response: unsupported('text/plain') })
  }
  if (needsCredential(route)) {
    errors.push({ name: 'no-credentials', response: contract.unauthenticated('absent', path) })
    errors.push({ name: 'bad-credentials', response: contract.unauthenticated('invalid', path) })
  }
  if (route.access.isRateLimited || route.quota) errors.push({ name: 'throttled', response: throttled(60) })
  const body = { ...contract.serverError, request_id: '6f1c1a52-8f0e-4f5e-9d58-5a1d9f0c9b7e' }
  return [...errors, { name: 'internal-error', response: errorResponse(500, body) }]
}

/** `/api/v1/user/edit/{id}/` has the tag `user`, by which the reference groups operations. */
const tagOf = (path: string): string => path.split('/').find((segment) => segment !== '' && segment !== 'api' && segment !== 'v1') ?? 'root'

const operationIdOf = (route: Route): string =>
  `${route.method.toLowerCase()}_${patternOf(route.path)
    .slice(1)
    .replaceAll(/[^A-Za-z0-9]+/g, '_')}`
