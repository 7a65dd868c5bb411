import { type Flags, findAccountByUsername, reopenAccount, updateFlags } from '../../store/accounts.ts'
import { deleteCredentials, forgetFailures } from '../../store/credentials.ts'
import type { Account, Ctx } from '../context.ts'
import { failureKey } from '../sessions/log-in.ts'
import { list } from '../sessions/log-out.ts'
import { usernameKey } from './names.ts'

export type { Flags }

/** What an operator does, and no endpoint: each takes a username as it may be typed, and answers null for nobody. */

export const findAccount = (ctx: Ctx, username: string): Promise<Account | null> => findAccountByUsername(ctx.store, usernameKey(username))

/** Gives or takes what an account may do; it holds from the account's next request on. */
export const setFlags = (ctx: Ctx, username: string, flags: Flags): Promise<Account | null> =>
  updateFlags(ctx.store, usernameKey(username), flags, ctx.now())

/** Opens a closed account again. What was revoked stays so: its owner logs in anew. */
export const reactivate = (ctx: Ctx, username: string): Promise<Account | null> =>
  reopenAccount(ctx.store, usernameKey(username), ctx.now())

/** Ends all of an account's credentials. */
export const endAllSessions = async (ctx: Ctx, account: Account): Promise<number> => {
  const dead = await deleteCredentials(ctx.store, account.id, null)
  list(ctx, account.id, dead)
  return dead.length
}

/** Lifts the lock that failed log-ins have put on a name. */
export const unlock = async (ctx: Ctx, username: string): Promise<void> =>
  forgetFailures(ctx.store, await failureKey(usernameKey(username)))
