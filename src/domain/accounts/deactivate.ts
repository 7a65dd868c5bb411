import { deactivateAccount } from '../../store/accounts.ts'
import type { Account, Context, MemberContext } from '../context.ts'

/** Closes the caller's own account. Its credentials are rejected from the next request on. Its other data stays. */
export const deactivate = async (context: MemberContext): Promise<void> => {
  await closeAccount(context, context.actor.account.id)
}

/** Closes an account. Its credentials are not put on the revocation list, because the response to them must be "inactive". */
export const closeAccount = async (context: Context, accountId: number): Promise<Account | null> => {
  const closed = await deactivateAccount(context.store, accountId, context.now())
  if (closed) context.waitUntil(context.support.closeRevokedConnections(accountId))
  return closed
}
