import type { CredentialProblem, CredentialSource } from '../request/credentials.ts'
import type { FieldErrors } from '../request/field-errors.ts'
import type { ErrorResponse } from '../response/specs.ts'
import type { Route } from './route.ts'

/** One group of routes and the way in which it writes the errors that no route writes. */
export interface Contract {
  readonly name: string
  readonly title: string
  /** Unknown paths that start with one of these get this contract's responses. */
  readonly prefixes: readonly string[]
  /** The `WWW-Authenticate` header of every 401. */
  readonly challenge: string
  readonly routes: readonly Route[]
  unauthenticated(problem: CredentialProblem, path: string, source?: CredentialSource): ErrorResponse
  invalid(errors: FieldErrors, path: string): ErrorResponse
  readonly serverError: ErrorResponse['body']
  /** The body of a 405, where the contract has its own text for this path. */
  wrongMethod?(method: string, path: string): ErrorResponse['body'] | undefined
}
