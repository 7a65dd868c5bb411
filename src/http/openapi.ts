import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import { errorResponse } from './answers.ts'
import { parseError, TOO_LARGE, unsupported } from './bodies.ts'
import { bodyDetails } from './body.ts'
import { throttled } from './common-answers.ts'
import { isLimitedPerAddress } from './credentials.ts'
import type { Dialect } from './dialect.ts'
import { fieldErrors } from './field-errors.ts'
import { patternOf } from './paths.ts'
import { type NamedAnswer, withAnswers } from './responses.ts'

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/**
 * The OpenAPI 3.1 document of one dialect: what its routes say of themselves, and beside it what every route of that
 * kind can answer (bodies, credentials, limits), in the dialect's own words and made by the functions that answer.
 */
export const documentOf = (dialect: Dialect, routes: readonly RouteConfig[], origin: string): OpenApiDocument => {
  const book = new OpenAPIHono()
  const { openAPIRegistry: registry } = book
  const used = new Set(routes.flatMap((route) => (route.security ?? []).flatMap(Object.keys)))
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) {
    if (used.has(name)) registry.registerComponent('securitySchemes', name, scheme)
  }
  for (const route of routes) {
    const { middleware: _middleware, ...shown } = route
    registry.registerPath({
      ...shown,
      operationId: operationId(route),
      tags: [tagOf(route.path)],
      responses: withAnswers(route.responses, usualAnswers(dialect, route)),
    })
  }
  return book.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: dialect.title, version: '1.0.0', description: dialect.description },
    servers: [{ url: origin }],
    tags: [...new Set(routes.map((route) => tagOf(route.path)))].map((name) => ({ name })),
  })
}

const SECURITY_SCHEMES = {
  token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'The word `Token`, a space, and the token.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token, or any other live credential.' },
  feed: { type: 'apiKey', in: 'query', name: 'token', description: "A calendar feed's own token, which opens nothing else." },
  session: { type: 'apiKey', in: 'cookie', name: 'sessionid', description: 'The cookie that `POST /api/sessions/` sets.' },
} as const

const usualAnswers = (dialect: Dialect, route: RouteConfig): NamedAnswer[] => {
  const path = patternOf(route.path)
  const answers: NamedAnswer[] = []
  const details = bodyDetails(route.request?.body)
  if (details) {
    const refused = details.schema.safeParse({}, { reportInput: true })
    if (!refused.success) {
      const errors = fieldErrors(refused.error.issues)
      answers.push({ name: 'invalid', answer: details.invalid?.(errors) ?? dialect.invalid(errors, path) })
    }
    answers.push({ name: 'malformed', answer: parseError('Unexpected token') })
    answers.push({ name: 'too-large', answer: TOO_LARGE }, { name: 'unsupported', answer: unsupported('text/plain') })
  }
  if (needsCredential(route)) {
    answers.push({ name: 'no-credentials', answer: dialect.unauthenticated('absent', path) })
    answers.push({ name: 'bad-credentials', answer: dialect.unauthenticated('invalid', path) })
  }
  if (isLimitedPerAddress(route.middleware)) answers.push({ name: 'throttled', answer: throttled(60) })
  answers.push({
    name: 'our-fault',
    answer: errorResponse(500, { ...dialect.serverError, request_id: '6f1c1a52-8f0e-4f5e-9d58-5a1d9f0c9b7e' }),
  })
  return answers
}

export const needsCredential = (route: Pick<RouteConfig, 'security'>): boolean =>
  (route.security ?? []).every((scheme) => Object.keys(scheme).length > 0)

/** `/api/v1/user/edit/{id}/` → `user`: what the reference groups by. */
const tagOf = (path: string): string => path.split('/').find((segment) => segment !== '' && segment !== 'api' && segment !== 'v1') ?? 'root'

const operationId = (route: RouteConfig): string =>
  `${route.method}_${patternOf(route.path)
    .slice(1)
    .replaceAll(/[^A-Za-z0-9]+/g, '_')}`
