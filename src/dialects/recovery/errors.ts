import { takenErrors } from '../../http/request/account-fields.ts'
import { errorResponse, errorTable, throttled } from '../../http/response/errors.ts'

/** The response of this contract for each failure code. */
export const errors = errorTable({
  taken: ({ fields }) => errorResponse(400, takenErrors(fields)),
  'invalid-credentials': () => errorResponse(401, { error: 'Invalid credentials.' }),
  inactive: () => errorResponse(401, { error: 'Invalid credentials.' }),
  throttled: ({ seconds }) => throttled(seconds),
})
