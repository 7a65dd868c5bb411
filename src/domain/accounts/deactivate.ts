import type { Account } from '../../model/account.ts'
import { deactivateAccount } from '../../store/account-closing.ts'
import type { MemberContext, OperatorContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'

/** Closes the caller's own account. Its credentials are rejected from the next request on. Its other data stays. */
export const deactivate = async (context: MemberContext): Promise<void> => {
  await close(context, context.actor.account.id)
}

/** Closes the caller's own account for good, if its password hash is still the one that was verified. */
export const closeVerified = (context: MemberContext, verified: string): Promise<Account | null> =>
  close(context, context.actor.account.id, verified)

/** The operator closes an account. */
export const closeAccount = (context: OperatorContext, accountId: number): Promise<Account | null> => close(context, accountId)

/** Closes an account. Its credentials are not put on the revocation list, because the response to them must be "inactive". */
const close = async (context: Context, accountId: number, verified?: string): Promise<Account | null> => {
  context.gates.concern(accountId)
  const closed = await deactivateAccount(context.store, accountId, {
    now: context.now(),
    audit: auditEntry(context, 'account-closed', accountId),
    ...(verified !== undefined && { verified }),
  })
  if (closed) context.waitUntil(context.support.closeRevokedConnections(accountId))
  return closed
}
