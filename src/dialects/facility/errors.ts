import { TAKEN_MESSAGES } from '../../http/request/account-fields.ts'
import type { CredentialProblem, CredentialSource } from '../../http/request/credentials.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { tokenError } from '../../http/request/token-errors.ts'
import { errorResponse, errorTable, throttled } from '../../http/response/errors.ts'
import type { ErrorResponse } from '../../http/response/specs.ts'

/** This contract's response for each failure code. */
export const errors = errorTable({
  taken: ({ fields: [field = 'username'] }) => errorResponse(400, { detail: `${field}: ${TAKEN_MESSAGES[field]}` }),
  'invalid-credentials': () => errorResponse(401, { detail: 'Invalid credentials' }),
  inactive: () => errorResponse(401, { detail: 'Invalid credentials' }),
  throttled: ({ seconds }) => throttled(seconds),
})

/** A field with one error gets its text; a field with several gets all of them. */
export const invalidFields = (errors: FieldErrors): ErrorResponse => {
  const entries = Object.entries(errors).map(([name, texts]) => [name, Array.isArray(texts) && texts.length === 1 ? texts[0] : texts])
  return errorResponse(400, { detail: Object.fromEntries(entries) })
}

/** An ended session counts as none. For a token, which this contract does not issue, the response names the problem. */
export const unauthenticated = (problem: CredentialProblem, _path: string, source?: CredentialSource): ErrorResponse =>
  tokenError(source === 'cookie' ? 'absent' : problem)
