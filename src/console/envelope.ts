import { errorResponse, errorTable } from '../http/answers.ts'

/** How the console is told what the core refuses. */
export const errors = errorTable({
  'not-yours': () => errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => errorResponse(404, { detail: 'Not found.' }),
  'taken-by': ({ username }) => errorResponse(409, { detail: `UniqueField by ${username}.` }),
})
