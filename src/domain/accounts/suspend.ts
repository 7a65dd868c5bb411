import { suspendAccount } from '../../store/accounts.ts'
import type { Account, Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** An admin closes another member's account. */
export const suspend = async (context: Context, accountId: number): Promise<Account | Failure<'no-such-user' | 'already-inactive'>> => {
  const { suspended, before } = await suspendAccount(context.store, accountId, context.now())
  if (!suspended) return before ? fail('already-inactive', { username: before.username }) : fail('no-such-user')
  context.waitUntil(context.support.closeRevokedConnections(accountId))
  return suspended
}
