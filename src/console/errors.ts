import { errorResponse, errorTable, throttled } from '../http/response/errors.ts'

/** The console API's error response for each failure code. */
export const errors = errorTable({
  throttled: ({ seconds }) => throttled(seconds),
  'not-found': () => errorResponse(404, { detail: 'Not found.' }),
  'already-claimed': ({ username }) => errorResponse(409, { detail: `Already claimed by ${username}.` }),
})
