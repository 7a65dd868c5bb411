import { takenErrors } from '../../http/account-fields.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import { NOT_FOUND, throttled } from '../../http/dialect.ts'

/** How this dialect errorResponse what the core refuses. */
export const errors = errorTable({
  taken: ({ fields }) => errorResponse(400, takenErrors(fields)),
  'invalid-credentials': () => errorResponse(400, { error: 'Invalid credentials' }),
  inactive: () => errorResponse(400, { error: 'User account is inactive' }),
  throttled: ({ seconds }) => throttled(seconds),
  'not-yours': () => errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => NOT_FOUND,
})
