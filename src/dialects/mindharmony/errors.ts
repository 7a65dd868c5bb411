import { takenErrors } from '../../http/account-fields.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import { NOT_FOUND, throttled } from '../../http/dialect.ts'

/** The error table of this dialect: its error response for each failure code. */
export const errors = errorTable({
  taken: ({ fields }) => errorResponse(400, takenErrors(fields)),
  'invalid-credentials': () => errorResponse(400, { error: 'Invalid credentials' }),
  inactive: () => errorResponse(400, { error: 'User account is inactive' }),
  throttled: ({ seconds }) => throttled(seconds),
  forbidden: () => errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => NOT_FOUND,
})
