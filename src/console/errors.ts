import { errorResponse, errorTable, throttled } from '../http/response/errors.ts'
import { FORBIDDEN } from './access.ts'

/** The console API's error response for each failure code. */
export const errors = errorTable({
  forbidden: () => FORBIDDEN.response,
  throttled: ({ seconds }) => throttled(seconds),
  'not-found': () => errorResponse(404, { detail: 'Not found.' }),
  'new-messages': () => errorResponse(409, { detail: 'The person has written a new message.' }),
  'already-claimed': ({ username }) => errorResponse(409, { detail: `Already claimed by ${username}.` }),
})
