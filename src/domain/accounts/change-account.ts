import { type Account, type AccountChanges, emailKey, usernameKey, type WithoutAccountState } from '../../model/account.ts'
import { fail, type Result } from '../../model/result.ts'
import { isoDay } from '../../model/time.ts'
import { updateAccount } from '../../store/accounts.ts'
import { type AdminContext, type MemberContext, type SuperuserContext, sourceOf } from '../access.ts'
import { addressNotices } from './notices.ts'

/** What every member may change. */
export type OwnChanges = WithoutAccountState<AccountChanges>

type Changed = Promise<Result<Account, 'taken' | 'no-such-plan'>>

/** Changes the caller's account, but neither its flags nor whether it is active. */
export const changeAccount = (context: MemberContext, changes: OwnChanges): Changed => change(context, changes, null)

/** What an admin may change. The other two flags give rights that an admin does not have. */
export type AdminChanges = Omit<AccountChanges, 'isStaff' | 'isSuperuser'> & { readonly isStaff?: never; readonly isSuperuser?: never }

/** The same for an admin, who may also take the flag `isAdmin` from their own account, and close it. */
export const changeAccountAsAdmin = (context: AdminContext, changes: AdminChanges): Changed => change(context, changes, 'isAdmin')

/** The same for a superuser, who may set every flag. */
export const changeAccountAsSuperuser = (context: SuperuserContext, changes: AccountChanges): Changed =>
  change(context, changes, 'isSuperuser')

/** `requires`: the flag that the account must still have when the statement runs. */
const change = async (context: MemberContext, changes: AccountChanges, requires: 'isAdmin' | 'isSuperuser' | null): Changed => {
  const uniqueValues = {
    usernameKey: changes.username === undefined ? null : usernameKey(changes.username),
    emailKey: changes.email === undefined ? null : emailKey(changes.email),
    phoneNumber: changes.phoneNumber ?? null,
  }
  const now = context.now()
  const { id } = context.actor.account
  const audit = { ...sourceOf(context), at: now, subjectId: id, detail: '' }
  const notices = addressNotices(context)
  const changed = await updateAccount(context.store, id, changes, uniqueValues, { now, today: isoDay(now), requires, audit, notices })
  if (changed && 'taken' in changed) {
    const { taken, noSuchPlan } = changed
    return noSuchPlan ? fail('no-such-plan', { taken }) : fail('taken', { fields: taken })
  }
  // The account was closed or lost a flag: close the connections that it may no longer have.
  if (changes.isActive === false || changes.isAdmin === false || changes.isStaff === false || changes.isSuperuser === false) {
    context.waitUntil(context.support.closeRevokedConnections(id))
  }
  return changed ?? context.actor.load()
}
