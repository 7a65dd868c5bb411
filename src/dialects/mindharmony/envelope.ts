import { takenErrors } from '../../http/account-fields.ts'
import { failuresOf, says } from '../../http/answers.ts'
import { NOT_FOUND, throttled } from '../../http/dialect.ts'

/** How this dialect says what the core refuses. */
export const failures = failuresOf({
  taken: ({ fields }) => says(400, takenErrors(fields)),
  'invalid-credentials': () => says(400, { error: 'Invalid credentials' }),
  inactive: () => says(400, { error: 'User account is inactive' }),
  throttled: ({ seconds }) => throttled(seconds),
  'not-yours': () => says(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => NOT_FOUND,
})
