import type { z } from '@hono/zod-openapi'

/** What is wrong with a request, by field, in the order of the schema; a nested object's errors are nested the same way. */
export interface FieldErrors {
  [field: string]: string[] | FieldErrors
}

type Issue = z.core.$ZodIssue

/** Python's names, since they are what Django's clients have learnt to read. */
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

/** Something else where a nested object is due: that is an error of the object, and stands where its fields' errors would. */
const isWrongObject = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && issue.expected === 'object' && issue.input !== undefined && issue.input !== null

/** Our own fields bring their words along; what is left are zod's objects and lists that were given something else. */
const textOf = (issue: Issue): string => {
  if (issue.code !== 'invalid_type') return issue.message
  if (issue.input === undefined) return 'This field is required.'
  if (issue.input === null) return 'This field may not be null.'
  const name = pythonName(issue.input)
  return issue.expected === 'array'
    ? `Expected a list of items but got type "${name}".`
    : `Invalid data. Expected a dictionary, but got ${name}.`
}
