import { errorResponse, errorTable } from '../http/answers.ts'

/** The console API's error response for each failure code. */
export const errors = errorTable({
  forbidden: () => errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => errorResponse(404, { detail: 'Not found.' }),
  'already-claimed': ({ username }) => errorResponse(409, { detail: `Already claimed by ${username}.` }),
})
