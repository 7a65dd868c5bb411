import { isStaff } from '../accounts/staff.ts'
import type { MemberCtx } from '../context.ts'

/** Health data is shown to the person it is about and to staff, and to nobody else. */
export const isTheirs = (ctx: MemberCtx, accountId: number): boolean => ctx.actor.account.id === accountId || isStaff(ctx.actor.account)
