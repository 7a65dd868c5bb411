import { TAKEN_MESSAGES } from '../../http/account-fields.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { CredentialProblem, CredentialSource } from '../../http/credentials.ts'
import { throttled } from '../../http/dialect.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'

/** The error table of this dialect: its error response for each failure code. */
export const errors = errorTable({
  taken: ({ fields: [field = 'username'] }) => errorResponse(400, { detail: `${field}: ${TAKEN_MESSAGES[field]}` }),
  'invalid-credentials': () => errorResponse(401, { detail: 'Invalid credentials' }),
  inactive: () => errorResponse(401, { detail: 'Invalid credentials' }),
  throttled: ({ seconds }) => throttled(seconds),
})

/** The error response for field errors: one text per field, or the list of texts if a field has several. */
export const invalidFields = (fieldErrors: FieldErrors): Answer => {
  const detail = Object.entries(fieldErrors).map(([name, texts]) => [name, Array.isArray(texts) && texts.length === 1 ? texts[0] : texts])
  return errorResponse(400, { detail: Object.fromEntries(detail) })
}

/**
 * An invalid or ended session gets the same response as a missing one. A token, which is not this contract's own
 * credential, gets a response that names its problem.
 */
export const unauthenticated = (problem: CredentialProblem, _path: string, source?: CredentialSource): Answer =>
  tokenAuthentication(source === 'cookie' ? 'absent' : problem)
