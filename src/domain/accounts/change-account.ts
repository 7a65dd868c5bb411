import { type AccountChanges, updateAccount } from '../../store/accounts.ts'
import type { Account, MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { dayOf } from '../sessions/credentials.ts'
import { emailKey, usernameKey } from './names.ts'

export type { AccountChanges }

/** Changes the caller's account. Flags are for the contract to let through or not: here they are changes like any other. */
export const changeAccount = async (ctx: MemberCtx, changes: AccountChanges): Promise<Account | Refusal<'taken' | 'no-such-plan'>> => {
  const claimed = {
    usernameKey: changes.username === undefined ? null : usernameKey(changes.username),
    emailKey: changes.email === undefined ? null : emailKey(changes.email),
    phoneNumber: changes.phoneNumber ?? null,
  }
  const now = ctx.now()
  const changed = await updateAccount(ctx.store, ctx.actor.account.id, changes, claimed, { now, today: dayOf(now) })
  if (changed && 'taken' in changed) {
    const { taken, noSuchPlan } = changed
    return noSuchPlan ? refuse('no-such-plan', { taken }) : refuse('taken', { fields: taken })
  }
  // Closed, or stripped of a flag: what it sits at is asked after.
  if (changes.isActive === false || changes.isAdmin === false || changes.isStaff === false || changes.isSuperuser === false) {
    ctx.later(ctx.support.revoked(ctx.actor.account.id))
  }
  return changed ?? ctx.actor.account
}
