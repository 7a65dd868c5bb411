import { TAKEN_MESSAGES } from '../../http/account-fields.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { CredentialProblem, CredentialSource } from '../../http/credentials.ts'
import { throttled } from '../../http/dialect.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'

/** How this dialect errorResponse what the core refuses. */
export const errors = errorTable({
  taken: ({ fields: [field = 'username'] }) => errorResponse(400, { detail: `${field}: ${TAKEN_MESSAGES[field]}` }),
  'invalid-credentials': () => errorResponse(401, { detail: 'Invalid credentials' }),
  inactive: () => errorResponse(401, { detail: 'Invalid credentials' }),
  throttled: ({ seconds }) => throttled(seconds),
})

/** Field errors go out one text per field; where a field has several, all of them. */
export const invalidFields = (errors: FieldErrors): Answer => {
  const told = Object.entries(errors).map(([name, texts]) => [name, Array.isArray(texts) && texts.length === 1 ? texts[0] : texts])
  return errorResponse(400, { detail: Object.fromEntries(told) })
}

/** A session that has ended is no session. A token is not this contract's own, and hears what is wrong with it. */
export const unauthenticated = (problem: CredentialProblem, _path: string, by?: CredentialSource): Answer =>
  tokenAuthentication(by === 'cookie' ? 'absent' : problem)
