import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'

/** Health data may be read only by the person it is about and by staff. */
export const isOwnerOrStaff = (context: MemberContext, accountId: number): boolean =>
  context.actor.account.id === accountId || isStaff(context.actor.account)
