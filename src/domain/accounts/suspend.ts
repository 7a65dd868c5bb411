import { findAccount } from '../../store/user-lists.ts'
import type { Account, Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { closeAccount } from './deactivate.ts'

/** Closes somebody's account for them. Only where there was none to close is it asked why. */
export const suspend = async (ctx: Ctx, accountId: number): Promise<Account | Refusal<'no-such-user' | 'already-inactive'>> => {
  const closed = await closeAccount(ctx, accountId, true)
  if (closed) return closed
  const account = await findAccount(ctx.store, accountId)
  return account ? refuse('already-inactive', { username: account.username }) : refuse('no-such-user')
}
