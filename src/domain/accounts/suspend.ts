import type { Account } from '../../model/account.ts'
import { fail, type Result } from '../../model/result.ts'
import { suspendAccount } from '../../store/account-closing.ts'
import { type AdminContext, actingAccount } from '../access.ts'
import { auditEntry } from '../audit.ts'

/** An admin closes another account, unless it has a higher rank. */
export const suspend = async (
  context: AdminContext,
  accountId: number,
): Promise<Result<Account, 'no-such-user' | 'already-inactive' | 'forbidden'>> => {
  const audit = auditEntry(context, 'account-suspended', accountId)
  context.gates.concern(accountId)
  const { suspended, before } = await suspendAccount(context.store, accountId, actingAccount(context), { now: context.now(), audit })
  if (!before) return fail('no-such-user')
  if (!suspended) return before.isActive ? fail('forbidden') : fail('already-inactive', { username: before.username })
  context.waitUntil(context.support.closeRevokedConnections(accountId))
  return suspended
}
