import { suspendAccount } from '../../store/accounts.ts'
import type { Account, Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Closes somebody's account for them. */
export const suspend = async (context: Context, accountId: number): Promise<Account | Failure<'no-such-user' | 'already-inactive'>> => {
  const { closed, before } = await suspendAccount(context.store, accountId, context.now())
  if (!closed) return before ? fail('already-inactive', { username: before.username }) : fail('no-such-user')
  context.waitUntil(context.support.revoked(accountId))
  return closed
}
