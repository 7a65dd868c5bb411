import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'

/** Health data is shown to the person it is about and to staff, and to nobody else. */
export const isOwnerOrStaff = (context: MemberContext, accountId: number): boolean =>
  context.actor.account.id === accountId || isStaff(context.actor.account)
