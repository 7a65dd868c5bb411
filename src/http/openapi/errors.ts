import * as z from 'zod/mini'
import { BODY_ERRORS } from '../request/body.ts'
import type { CredentialProblem } from '../request/credentials.ts'
import { type FieldErrors, fieldErrors, notAnObject } from '../request/field-errors.ts'
import { CROSS_SITE, errorResponse, HttpError, throttled } from '../response/errors.ts'
import type { NamedError } from '../response/specs.ts'
import { needsCredential } from '../routing/access.ts'
import type { Contract } from '../routing/contract.ts'
import type { Route } from '../routing/route.ts'
import { patternOf } from '../routing/segment-router.ts'

/**
 * The errors that a route has because of what it is: its access, body, query and quota. They are made by the functions that write
 * the responses, so that no route has to repeat them.
 */
export const derivedErrors = (contract: Contract, route: Route): NamedError[] => [
  ...credentialErrors(contract, route),
  ...bodyErrors(contract, route),
  ...queryErrors(contract, route),
  ...(route.access.isRateLimited || route.quota ? [{ name: 'throttled', response: throttled(60) }] : []),
  { name: 'internal-error', response: errorResponse(500, { ...contract.serverError, request_id: EXAMPLE_REQUEST_ID }) },
]

const EXAMPLE_REQUEST_ID = '6f1c1a52-8f0e-4f5e-9d58-5a1d9f0c9b7e'

/** The names of the examples. Several problems may have the same response; the first of them gives it its name. */
const PROBLEM_NAMES: Readonly<Record<CredentialProblem, string>> = {
  absent: 'no-credentials',
  invalid: 'invalid-credentials',
  expired: 'expired-credentials',
  'wrong-type': 'wrong-token-type',
  revoked: 'revoked-credentials',
  empty: 'empty-credentials',
  malformed: 'malformed-credentials',
  'account-not-found': 'account-not-found',
  inactive: 'inactive-account',
}

const isProblem = (name: string): name is CredentialProblem => name in PROBLEM_NAMES

const credentialErrors = (contract: Contract, route: Route): NamedError[] => {
  const { access, changesState, path } = route
  const rejections = access.rejections.map((response) => ({ name: 'no-permission', response }))
  if (!needsCredential(route)) return rejections
  const problems = Object.keys(PROBLEM_NAMES).filter(isProblem)
  return [
    ...problems.map((problem) => ({ name: PROBLEM_NAMES[problem], response: contract.unauthenticated(problem, patternOf(path)) })),
    ...(changesState ? [{ name: 'cross-site', response: CROSS_SITE }] : []),
    ...rejections,
  ]
}

/** A text that no field with rules of its own accepts. The values of a query are always texts. */
const WRONG_TEXT = '\u0000'

const bodyErrors = (contract: Contract, { body, bodyOptions, rawBody, path }: Route): NamedError[] => {
  if (!body && !rawBody) return []
  const respond = (errors: FieldErrors) => bodyOptions.invalid?.(errors) ?? contract.invalid(errors, patternOf(path))
  const invalid = body ? [...errorsOfInvalidInputs(body, [{}, WRONG_TEXT]), notAnObject([])] : []
  return [...invalid.map((errors) => ({ name: 'invalid-body', response: respond(errors) })), ...BODY_ERRORS]
}

/** A query is invalid for the contract, or an error of its own: a page that does not exist. */
const queryErrors = (contract: Contract, { query, path }: Route): NamedError[] => {
  if (!query) return []
  try {
    return errorsOfInvalidInputs(query, [WRONG_TEXT]).map((errors) => ({
      name: 'invalid-query',
      response: contract.invalid(errors, patternOf(path)),
    }))
  } catch (error) {
    if (error instanceof HttpError) return [{ name: 'invalid-query', response: error.response }]
    throw error
  }
}

/**
 * The field errors of invalid inputs: all fields missing, all fields wrong, and each field alone wrong. A contract's responses to
 * them may differ in form.
 */
const errorsOfInvalidInputs = (schema: z.core.$ZodType, wrongValues: readonly unknown[]): FieldErrors[] => {
  const names = 'shape' in schema ? Object.keys(Object(schema.shape)) : []
  const errorsOf = (input: Readonly<Record<string, unknown>>): FieldErrors =>
    fieldErrors(z.safeParse(schema, input, { reportInput: true }).error?.issues ?? [])
  const allWrong = wrongValues.map((value) => errorsOf(Object.fromEntries(names.map((name) => [name, value]))))
  const oneWrong = allWrong.flatMap((errors) => Object.entries(errors).map(([name, texts]) => ({ [name]: texts })))
  return [errorsOf({}), ...allWrong, ...oneWrong].filter((errors) => Object.keys(errors).length > 0)
}
