import { failuresOf, says } from '../http/answers.ts'

/** How the console is told what the core refuses. */
export const failures = failuresOf({
  'not-yours': () => says(403, { detail: 'You do not have permission to perform this action.' }),
  'not-found': () => says(404, { detail: 'Not found.' }),
  'taken-by': ({ username }) => says(409, { detail: `Taken by ${username}.` }),
})
