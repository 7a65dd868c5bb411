import { isOwnerOrStaff, type MemberContext } from '../../domain/access.ts'
import { numberOf } from '../../domain/support/numbers.ts'
import type { ErrorResponse } from '../../http/response/specs.ts'
import { type Access, restricted } from '../../http/routing/access.ts'

/**
 * Who may call a route with an `{id}` of an account in its path. The `{id}` is compared as it was written, so an invalid id
 * belongs to no account.
 */

/** No account has this id. */
const NO_ACCOUNT = 0

const isOwnNumber = (context: MemberContext, written: string | undefined): boolean =>
  written === String(numberOf(context, context.actor.account.id))

/** Only the person whose id is in the path may call it, not even staff. */
export const ownerOnly = (rejection: ErrorResponse): Access<MemberContext> =>
  restricted((context, pathParameter) => (isOwnNumber(context, pathParameter('id')) ? context : null), rejection)

/** The same, but staff may call it, too. Staff also pass the check with an invalid id. */
export const ownerOrStaff = (rejection: ErrorResponse): Access<MemberContext> =>
  restricted((context, pathParameter) => {
    const { id } = context.actor.account
    return isOwnerOrStaff(context, isOwnNumber(context, pathParameter('id')) ? id : NO_ACCOUNT) ? context : null
  }, rejection)
