import { errorResponse, errorTable } from '../http/response/errors.ts'
import { FORBIDDEN } from './access.ts'

/** The console API's error response for each failure code. */
export const errors = errorTable({
  forbidden: () => FORBIDDEN.response,
  'not-found': () => errorResponse(404, { detail: 'Not found.' }),
  'already-claimed': ({ username }) => errorResponse(409, { detail: `Already claimed by ${username}.` }),
})
