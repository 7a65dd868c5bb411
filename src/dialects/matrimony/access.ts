import { asAdmin, asStaff, asSuperuser } from '../../domain/access.ts'
import { errorResponse } from '../../http/response/errors.ts'
import { restricted } from '../../http/routing/access.ts'
import { forbidden, NO_PERMISSION } from './errors.ts'

export const FORBIDDEN = { name: 'forbidden', response: forbidden() }
const VIEW_FORBIDDEN = errorResponse(403, { error: 'You do not have permission to view this data.' })
const MASTER_DATA_FORBIDDEN = errorResponse(403, { error: NO_PERMISSION, detail: NO_PERMISSION })

/** They differ in who may call, and in the body of the 403. */
export const adminOnly = restricted((context) => asAdmin(context), FORBIDDEN.response)
export const staffOnly = restricted((context) => asStaff(context), FORBIDDEN.response)
export const adminViewOnly = restricted((context) => asAdmin(context), VIEW_FORBIDDEN)
/** The contract asks for all three flags or for `is_superuser`. Both mean that `is_superuser` is set. */
export const superuserOnly = restricted((context) => asSuperuser(context), MASTER_DATA_FORBIDDEN)
