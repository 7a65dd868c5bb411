import { EXAMPLE_DETAILS, type FailureCode, type FailureDetails } from '../../model/failures.ts'
import { Failure } from '../../model/result.ts'
import { type ErrorResponse, errorSpecs, type NamedError } from './specs.ts'

export const errorResponse = (
  status: number,
  body: ErrorResponse['body'],
  headers: Readonly<Record<string, string>> = {},
): ErrorResponse => ({ status, body, headers })

/** Thrown where a request cannot go on. The router sends its response. */
export class HttpError extends Error {
  readonly response: ErrorResponse
  /** The failure that the response reports; null if there is none, as for an unknown page of a list. */
  readonly failure: FailureCode | null
  constructor(response: ErrorResponse, failure: FailureCode | null = null) {
    super(`HTTP ${response.status}`)
    this.response = response
    this.failure = failure
  }
}

/** Writes a response. Every 401 names the scheme that the contract expects. */
export const toResponse = ({ status, body, headers: given }: ErrorResponse, challenge = 'Token'): Response => {
  const headers = new Headers(given)
  if (status === 401) headers.set('WWW-Authenticate', challenge)
  if (body === null) return new Response(null, { status, headers })
  headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status, headers })
}

/** Error responses that are the same in every contract. */

export const NOT_FOUND = errorResponse(404, { detail: 'Not found.' })
export const CROSS_SITE = errorResponse(403, { detail: 'CSRF Failed: Origin checking failed.' })

export const throttled = (seconds: number): ErrorResponse =>
  errorResponse(429, { detail: `Request was throttled. Expected available in ${seconds} seconds.` }, { 'Retry-After': String(seconds) })

/** A dialect's response for each failure code that it can meet. */
export type ErrorTable<Code extends FailureCode> = { readonly [K in Code]: (detail: FailureDetails[K]) => ErrorResponse }

export interface DialectErrors<Code extends FailureCode> {
  /** For a resource that needs more codes, or another response for one: `errorTable({ ...errors.table, … })`. */
  readonly table: ErrorTable<Code>
  /** Returns the value, or throws the dialect's response to the failure. A code that the table lacks does not compile. */
  unwrap<T, R extends Code>(result: T | Failure<R>): T
  /**
   * The document's responses for these codes, to be spread into a route's `responses`. The type names no status, so a
   * handler can only return a success. A response without a code is passed as `{ name, response }`.
   */
  responses(...shown: (Code | NamedError)[]): Record<never, never>
}

export const errorTable = <Code extends FailureCode>(table: ErrorTable<Code>): DialectErrors<Code> => ({
  table,
  unwrap: (result) => {
    if (result instanceof Failure) throw new HttpError(table[result.code](result.detail), result.code)
    return result
  },
  responses: (...shown) =>
    errorSpecs(shown.map((item) => (typeof item === 'object' ? item : { name: item, response: table[item](EXAMPLE_DETAILS[item]) }))),
})
