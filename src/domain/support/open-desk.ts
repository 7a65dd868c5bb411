import { isStaff } from '../accounts/staff.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** The desk, and whatever it knows of everybody, is for staff. */
export const openDesk = (ctx: MemberCtx): null | Refusal<'not-yours'> => (isStaff(ctx.actor.account) ? null : refuse('not-yours'))
