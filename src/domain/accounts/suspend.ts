import { suspendAccount } from '../../store/accounts.ts'
import type { Account, Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Closes somebody's account for them. */
export const suspend = async (ctx: Ctx, accountId: number): Promise<Account | Refusal<'no-such-user' | 'already-inactive'>> => {
  const { closed, before } = await suspendAccount(ctx.store, accountId, ctx.now())
  if (!closed) return before ? refuse('already-inactive', { username: before.username }) : refuse('no-such-user')
  ctx.later(ctx.support.revoked(accountId))
  return closed
}
