import type { RouteConfig } from '@hono/zod-openapi'
import { type Answer, errorResponse, ResponseThrown } from './answers.ts'
import { Api } from './api.ts'
import type { Bindings, RequestRecord } from './app-env.ts'
import { Invalid } from './body.ts'
import { CROSS_SITE, NOT_FOUND, throttled } from './common-answers.ts'
import { type CredentialProblem, type CredentialSource, CrossSite, Throttled, Unauthenticated } from './credentials.ts'
import { describeFault } from './faults.ts'
import type { FieldErrors } from './field-errors.ts'
import { documentOf, type OpenApiDocument } from './openapi.ts'
import { patternOf } from './paths.ts'

/** What is a dialect's own: its paths, its credentials, its ways of saying no. */
export interface Dialect {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Unknown paths under these are answered in this dialect's shape. */
  readonly prefixes: readonly string[]
  /** The `WWW-Authenticate` of every 401. */
  readonly challenge: string
  readonly resources: readonly ((api: Api) => void)[]
  unauthenticated(problem: CredentialProblem, path: string, by?: CredentialSource): Answer
  invalid(errors: FieldErrors, path: string): Answer
  readonly serverError: Answer['body']
  /** Where the dialect has words of its own for a wrong method. */
  wrongMethod?(method: string, path: string): Answer['body'] | undefined
}

/** A dialect as the dispatcher sees it: who owns which route, and how it errorResponse what no route errorResponse. */
export interface Contract {
  readonly name: string
  readonly prefixes: readonly string[]
  readonly routes: readonly { readonly method: string; readonly pattern: string }[]
  fetch(request: Request, bindings: Bindings): Response | Promise<Response>
  notFound(): Response
  wrongMethod(method: string, path: string, allow: string): Response
  failed(record: RequestRecord): Response
}

export interface DocumentedContract extends Contract {
  readonly title: string
  readonly documented: readonly RouteConfig[]
  document(origin: string): OpenApiDocument
}

export { NOT_FOUND, throttled }

/** An answer as a response. Every 401 errorResponse which credential would do. */
export const toResponse = (answer: Answer, challenge = 'Token'): Response => {
  const headers = new Headers(answer.headers)
  if (answer.status === 401) headers.set('WWW-Authenticate', challenge)
  if (answer.body === null) return new Response(null, { status: answer.status, headers })
  headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers })
}

export const contractOf = (dialect: Dialect): DocumentedContract => {
  const api = new Api()
  for (const hang of dialect.resources) hang(api)

  const write = (answer: Answer): Response => toResponse(answer, dialect.challenge)

  const failed = (record: RequestRecord) => write(errorResponse(500, { ...dialect.serverError, request_id: record.id }))

  api.onError((error, c) => {
    if (error instanceof ResponseThrown) return write(error.answer)
    if (error instanceof Unauthenticated) return write(dialect.unauthenticated(error.problem, c.req.path, error.by))
    if (error instanceof Invalid) return write(error.said?.(error.errors) ?? dialect.invalid(error.errors, c.req.path))
    if (error instanceof Throttled) return write(throttled(error.seconds))
    if (error instanceof CrossSite) return write(CROSS_SITE)
    c.env.record.fault = describeFault(error)
    return failed(c.env.record)
  })

  return {
    name: dialect.name,
    title: dialect.title,
    prefixes: dialect.prefixes,
    documented: api.documented,
    routes: api.documented.map((route) => ({ method: route.method.toUpperCase(), pattern: patternOf(route.path) })),
    fetch: (request, bindings) => api.fetch(request, bindings),
    notFound: () => write(NOT_FOUND),
    wrongMethod: (method, path, allow) =>
      write(errorResponse(405, dialect.wrongMethod?.(method, path) ?? { detail: `Method "${method}" not allowed.` }, { Allow: allow })),
    failed,
    document: (origin) => documentOf(dialect, api.documented, origin),
  }
}
