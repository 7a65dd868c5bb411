import { type Account, type AccountChanges, emailKey, usernameKey, type WithoutAccountState } from '../../model/account.ts'
import { fail, type Result } from '../../model/result.ts'
import { isoDay } from '../../model/time.ts'
import { updateAccount } from '../../store/accounts.ts'
import type { AdminContext, MemberContext } from '../access.ts'

/** What every member may change. */
export type OwnChanges = WithoutAccountState<AccountChanges>

type Changed = Promise<Result<Account, 'taken' | 'no-such-plan'>>

/** Changes the caller's account, but neither its flags nor whether it is active. */
export const changeAccount = (context: MemberContext, changes: OwnChanges): Changed => change(context, changes)

/** The same for an admin, who may also change the flags of their own account, and close it. */
export const changeAccountAsAdmin = (context: AdminContext, changes: AccountChanges): Changed => change(context, changes)

const change = async (context: MemberContext, changes: AccountChanges): Changed => {
  const uniqueValues = {
    usernameKey: changes.username === undefined ? null : usernameKey(changes.username),
    emailKey: changes.email === undefined ? null : emailKey(changes.email),
    phoneNumber: changes.phoneNumber ?? null,
  }
  const now = context.now()
  const changed = await updateAccount(context.store, context.actor.account.id, changes, uniqueValues, { now, today: isoDay(now) })
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
