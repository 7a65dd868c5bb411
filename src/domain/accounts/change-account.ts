import { type AccountChanges, updateAccount } from '../../store/accounts.ts'
import type { Account, MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { dayOf } from '../sessions/credentials.ts'
import { emailKey, usernameKey } from './names.ts'

export type { AccountChanges }

/** Changes the caller's account. Whether the caller may change flags is decided by the contract, not here. */
export const changeAccount = async (
  context: MemberContext,
  changes: AccountChanges,
): Promise<Account | Failure<'taken' | 'no-such-plan'>> => {
  const uniqueValues = {
    usernameKey: changes.username === undefined ? null : usernameKey(changes.username),
    emailKey: changes.email === undefined ? null : emailKey(changes.email),
    phoneNumber: changes.phoneNumber ?? null,
  }
  const now = context.now()
  const changed = await updateAccount(context.store, context.actor.account.id, changes, uniqueValues, { now, today: dayOf(now) })
  if (changed && 'taken' in changed) {
    const { taken, noSuchPlan } = changed
    return noSuchPlan ? fail('no-such-plan', { taken }) : fail('taken', { fields: taken })
  }
  // The account was closed or lost a flag: close the connections that it may no longer have.
  if (changes.isActive === false || changes.isAdmin === false || changes.isStaff === false || changes.isSuperuser === false) {
    context.waitUntil(context.support.closeRevokedConnections(context.actor.account.id))
  }
  return changed ?? context.actor.account
}
