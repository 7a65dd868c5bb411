import { takenErrors } from '../../http/request/account-fields.ts'
import { errorResponse, errorTable, NOT_FOUND, throttled } from '../../http/response/errors.ts'

/** The error table of this dialect: its error response for each failure code. */
export const errors = errorTable({
  taken: ({ fields }) => errorResponse(400, takenErrors(fields)),
  'invalid-credentials': () => errorResponse(400, { error: 'Invalid credentials' }),
  inactive: () => errorResponse(400, { error: 'User account is inactive' }),
  throttled: ({ seconds }) => throttled(seconds),
  forbidden: () => errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => NOT_FOUND,
})
