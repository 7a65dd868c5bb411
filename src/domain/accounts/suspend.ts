import type { Account } from '../../model/account.ts'
import { fail, type Result } from '../../model/result.ts'
import { suspendAccount } from '../../store/accounts.ts'
import type { AdminContext } from '../access.ts'

/** An admin closes another member's account. */
export const suspend = async (context: AdminContext, accountId: number): Promise<Result<Account, 'no-such-user' | 'already-inactive'>> => {
  const { suspended, before } = await suspendAccount(context.store, accountId, context.now())
  if (!suspended) return before ? fail('already-inactive', { username: before.username }) : fail('no-such-user')
  context.waitUntil(context.support.closeRevokedConnections(accountId))
  return suspended
}
