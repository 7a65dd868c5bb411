import { asStaff } from '../domain/access.ts'
import { errorResponse } from '../http/response/errors.ts'
import { restricted } from '../http/routing/access.ts'

export const FORBIDDEN = {
  name: 'forbidden',
  response: errorResponse(403, { detail: 'You do not have permission to perform this action.' }),
}

/** Every route of the console's API is for staff. */
export const staffOnly = restricted(asStaff, FORBIDDEN.response)
