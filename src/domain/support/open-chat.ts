import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import { isStaff } from '../accounts/staff.ts'
import type { MemberCtx } from '../context.ts'
import { isTheirs } from '../recovery/rules.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Whether the caller may sit in this person's room, and as what. */
export const openChat = async (
  ctx: MemberCtx,
  accountId: number,
): Promise<{ readonly userId: number; readonly isAdmin: boolean } | Refusal<'not-yours' | 'not-found'>> => {
  if (!isTheirs(ctx, accountId)) return refuse('not-yours')
  const own = accountId === ctx.actor.account.id
  if (!own && !(await findRecoveryProfile(ctx.store, accountId))) return refuse('not-found')
  return { userId: accountId, isAdmin: isStaff(ctx.actor.account) }
}
