import type * as z from 'zod/mini'

/** The complete response to a request that failed, as one contract writes it. */
export interface ErrorResponse {
  readonly status: number
  /** An array only where the request was one. */
  readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | null
  readonly headers?: Readonly<Record<string, string>>
}

export const JSON_TYPE = 'application/json'

/**
 * What a route declares about its responses. The router checks the handler's type against it. The document shows it together with a
 * description and an example (src/documents/responses/).
 */

/** A success with a body. */
export interface Success<S extends z.ZodMiniType = z.ZodMiniType> {
  readonly schema: S
  readonly contentType: string
}

/** A success without a body. */
export interface EmptySuccess {
  readonly schema: null
}

export interface NamedError {
  readonly name: string
  readonly response: ErrorResponse
}

/** The errors that have one status. */
interface Errors {
  readonly errors: readonly NamedError[]
}

export type ResponseSpec = Success | EmptySuccess | Errors
export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>

export const ok = <S extends z.ZodMiniType>(schema: S): Success<S> => ({ schema, contentType: JSON_TYPE })

/** A success of another type than JSON. The handler returns its text, or a stream of it. */
export const okText = <S extends z.ZodMiniType>(contentType: string, schema: S): Success<S> => ({ schema, contentType })

export const noContent: EmptySuccess = { schema: null }

/**
 * Errors by status. The return type names no status, so that a handler can only return a success: errors are thrown.
 */
export const errorSpecs = (errors: readonly NamedError[]): Record<never, never> => {
  const byStatus: Record<number, { errors: NamedError[] }> = {}
  for (const error of errors) {
    const spec = byStatus[error.response.status] ?? { errors: [] }
    spec.errors.push(error)
    byStatus[error.response.status] = spec
  }
  return byStatus
}
