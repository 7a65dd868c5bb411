import { deactivateAccount } from '../../store/accounts.ts'
import type { Account, Ctx, MemberCtx } from '../context.ts'

/** Closes the caller's own account. What it holds is refused from the next request on; the rest of its data stays. */
export const deactivate = async (ctx: MemberCtx): Promise<void> => {
  await closeAccount(ctx, ctx.actor.account.id)
}

/** Closes an account; its credentials are not put on the revocation list, since "inactive" is what they now have to hear. */
export const closeAccount = async (ctx: Ctx, accountId: number): Promise<Account | null> => {
  const closed = await deactivateAccount(ctx.store, accountId, ctx.now())
  if (closed) ctx.later(ctx.support.revoked(accountId))
  return closed
}
