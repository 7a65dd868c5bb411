import type * as z from 'zod/mini'
import type { ErrorResponse } from '../response/specs.ts'

/** What is wrong with a request, by field, in the order of the schema. The errors of a nested object are nested in the same way. */
export interface FieldErrors {
  [field: string]: string[] | FieldErrors
}

/** Thrown when a body, a query or a path parameter does not match its schema. */
export class InvalidRequestError extends Error {
  readonly errors: FieldErrors
  /** The route's own response, if it has one. */
  readonly toResponse: ((errors: FieldErrors) => ErrorResponse) | undefined
  constructor(errors: FieldErrors, toResponse?: (errors: FieldErrors) => ErrorResponse) {
    super('invalid request')
    this.errors = errors
    this.toResponse = toResponse
  }
}

type Issue = z.core.$ZodIssue

/** Python's type names, which the clients of Django servers expect. */
export const pythonName = (value: unknown): string => {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return typeof value === 'string' ? 'str' : 'dict'
}

export const notAnObject = (value: unknown): FieldErrors => ({
  non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonName(value)}.`],
})

const NON_FIELD = 'non_field_errors'

export const fieldErrors = (issues: readonly Issue[]): FieldErrors => {
  const errors: FieldErrors = {}
  for (const issue of issues) {
    const path = issue.path.map(String)
    if (path.length > 0 && isWrongObject(issue)) path.push(NON_FIELD)
    const last = path.pop() ?? NON_FIELD
    let at = errors
    for (const name of path) {
      const inner = at[name]
      const next = inner && !Array.isArray(inner) ? inner : {}
      at[name] = next
      at = next
    }
    const texts = at[last]
    if (Array.isArray(texts)) texts.push(textOf(issue))
    else if (!texts) at[last] = [textOf(issue)]
  }
  return errors
}

/** Another type where a nested object is expected. Its error takes the place of the errors of the object's fields. */
const isWrongObject = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && issue.expected === 'object' && issue.input !== undefined && issue.input !== null

/** Our own fields bring their texts. What remains are zod's objects and arrays that received another type. */
const textOf = (issue: Issue): string => {
  if (issue.code !== 'invalid_type') return issue.message
  if (issue.input === undefined) return 'This field is required.'
  if (issue.input === null) return 'This field may not be null.'
  const name = pythonName(issue.input)
  return issue.expected === 'array'
    ? `Expected a list of items but got type "${name}".`
    : `Invalid data. Expected a dictionary, but got ${name}.`
}
