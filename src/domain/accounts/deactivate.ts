import { deactivateAccount } from '../../store/accounts.ts'
import type { Account, Context, MemberContext } from '../context.ts'

/** Closes the caller's own account. What it holds is refused from the next request on; the rest of its data stays. */
export const deactivate = async (context: MemberContext): Promise<void> => {
  await closeAccount(context, context.actor.account.id)
}

/** Closes an account; its credentials are not put on the revocation list, since "inactive" is what they now have to hear. */
export const closeAccount = async (context: Context, accountId: number): Promise<Account | null> => {
  const closed = await deactivateAccount(context.store, accountId, context.now())
  if (closed) context.waitUntil(context.support.revoked(accountId))
  return closed
}
