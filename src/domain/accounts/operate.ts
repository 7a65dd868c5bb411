import { type Flags, findAccountByUsername, reopenAccount, updateFlags } from '../../store/accounts.ts'
import { deleteCredentials, forgetFailures } from '../../store/credentials.ts'
import type { Account, Context } from '../context.ts'
import { failureKey } from '../sessions/log-in.ts'
import { list } from '../sessions/log-out.ts'
import { usernameKey } from './names.ts'

export type { Flags }

/** What an operator does, and no endpoint: each takes a username as it may be typed, and answers null for nobody. */

export const findAccount = (context: Context, username: string): Promise<Account | null> =>
  findAccountByUsername(context.store, usernameKey(username))

/** Gives or takes what an account may do; it holds from the account's next request on. */
export const setFlags = (context: Context, username: string, flags: Flags): Promise<Account | null> =>
  updateFlags(context.store, usernameKey(username), flags, context.now())

/** Opens a closed account again. What was revoked stays so: its owner logs in anew. */
export const reactivate = (context: Context, username: string): Promise<Account | null> =>
  reopenAccount(context.store, usernameKey(username), context.now())

/** Ends all of an account's credentials. */
export const endAllSessions = async (context: Context, account: Account): Promise<number> => {
  const dead = await deleteCredentials(context.store, account.id, null)
  list(context, account.id, dead)
  return dead.length
}

/** Lifts the lock that failed log-ins have put on a name. */
export const unlock = async (context: Context, username: string): Promise<void> =>
  forgetFailures(context.store, await failureKey(usernameKey(username)))
