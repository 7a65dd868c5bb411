import { takenErrors } from '../../http/account-fields.ts'
import { failuresOf, says } from '../../http/answers.ts'
import { throttled } from '../../http/dialect.ts'

/** How this dialect says what the core refuses. */
export const failures = failuresOf({
  taken: ({ fields }) => says(400, takenErrors(fields)),
  'invalid-credentials': () => says(401, { error: 'Invalid credentials.' }),
  inactive: () => says(401, { error: 'Invalid credentials.' }),
  throttled: ({ seconds }) => throttled(seconds),
})
