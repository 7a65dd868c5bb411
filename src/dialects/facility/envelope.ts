import { TAKEN_TEXTS } from '../../http/account-fields.ts'
import { type Answer, failuresOf, says } from '../../http/answers.ts'
import type { Bearing, CredentialProblem } from '../../http/credentials.ts'
import { throttled } from '../../http/dialect.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'

/** How this dialect says what the core refuses. */
export const failures = failuresOf({
  taken: ({ fields: [field = 'username'] }) => says(400, { detail: `${field}: ${TAKEN_TEXTS[field]}` }),
  'invalid-credentials': () => says(401, { detail: 'Invalid credentials' }),
  inactive: () => says(401, { detail: 'Invalid credentials' }),
  throttled: ({ seconds }) => throttled(seconds),
})

/** Field errors go out one text per field; where a field has several, all of them. */
export const invalidFields = (errors: FieldErrors): Answer => {
  const told = Object.entries(errors).map(([name, texts]) => [name, Array.isArray(texts) && texts.length === 1 ? texts[0] : texts])
  return says(400, { detail: Object.fromEntries(told) })
}

/** A session that has ended is no session. A token is not this contract's own, and hears what is wrong with it. */
export const unauthenticated = (problem: CredentialProblem, _path: string, by?: Bearing): Answer =>
  tokenAuthentication(by === 'cookie' ? 'absent' : problem)
