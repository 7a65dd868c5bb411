import { type Account, type Flags, usernameKey } from '../../model/account.ts'
import { findAccountByUsername, reactivateAccount, updateFlags } from '../../store/accounts.ts'
import { deleteCredentials, deleteLoginFailures } from '../../store/credentials.ts'
import type { OperatorContext } from '../access.ts'
import { loginFailureKey } from '../sessions/log-in.ts'
import { publishRevocations } from '../sessions/log-out.ts'

/** Actions of an operator, without an endpoint. The username may be typed in any case; null means that no account has it. */

export const findAccount = (context: OperatorContext, username: string): Promise<Account | null> =>
  findAccountByUsername(context.store, usernameKey(username))

/** Sets or clears an account's flags. The change applies from the account's next request on. */
export const setFlags = (context: OperatorContext, username: string, flags: Flags): Promise<Account | null> =>
  updateFlags(context.store, usernameKey(username), flags, context.now())

/** Reopens a closed account. Its old credentials stay revoked: the owner must log in again. */
export const reactivate = (context: OperatorContext, username: string): Promise<Account | null> =>
  reactivateAccount(context.store, usernameKey(username), context.now())

/** Ends all of an account's credentials. */
export const endAllSessions = async (context: OperatorContext, account: Account): Promise<number> => {
  const ended = await deleteCredentials(context.store, account.id, null)
  publishRevocations(context, account.id, ended)
  return ended.length
}

/** Removes the lock that failed log-ins have set on a username. */
export const unlock = async (context: OperatorContext, username: string): Promise<void> =>
  deleteLoginFailures(context.store, await loginFailureKey(usernameKey(username)))
