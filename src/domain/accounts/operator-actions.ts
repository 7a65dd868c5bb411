import { type Account, type AccountSummary, type Flags, usernameKey } from '../../model/account.ts'
import { type Page, pageOf } from '../../model/page.ts'
import { fail, type Result } from '../../model/result.ts'
import { findAccountByUsername, findAccountSummaries, reactivateAccount, updateFlags } from '../../store/accounts.ts'
import { deleteCredentials, deleteLoginFailures } from '../../store/credentials.ts'
import { overwritePassword } from '../../store/passwords.ts'
import type { OperatorContext } from '../access.ts'
import { publishRevocations } from '../sessions/log-out.ts'
import { loginFailureKeys } from '../sessions/login-guard.ts'
import { passwordNotices } from './notices.ts'
import type { AcceptedPassword } from './password-rules.ts'

/** Actions of an operator, without an endpoint. The username may be typed in any case; null means that no account has it. */

export const findAccount = (context: OperatorContext, username: string): Promise<Account | null> =>
  findAccountByUsername(context.store, usernameKey(username))

/** Lets the primary answer the account's next read: a command writes to the database without leaving a bookmark at the gate. */
export const clearGateOf = async (context: OperatorContext, username: string): Promise<void> => {
  const account = await findAccount(context, username)
  if (account) await context.gates.clear(account.id)
}

/** Lists all accounts, oldest first. */
export const listAccounts = async (
  context: OperatorContext,
  { after, limit }: { after: number; limit: number },
): Promise<Page<AccountSummary, number>> =>
  pageOf(await findAccountSummaries(context.store, { after, limit: limit + 1 }), limit, ({ id }) => id)

export const hasAccounts = async (context: OperatorContext): Promise<boolean> =>
  (await findAccountSummaries(context.store, { after: 0, limit: 1 })).length > 0

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

/**
 * Sets a password without asking for the current one, and ends all sessions of the account: anyone who knew the old
 * password may have opened them. Returns their number.
 */
export const setPassword = async (
  context: OperatorContext,
  account: Account,
  password: AcceptedPassword,
): Promise<Result<number, 'not-found' | 'throttled'>> => {
  const hash = await context.passwords.hash(password)
  if (hash === null) return fail('throttled', { seconds: 10 })
  const ended = await overwritePassword(context.store, {
    id: account.id,
    to: hash,
    now: context.now(),
    ...passwordNotices(context),
  })
  if (!ended) return fail('not-found') // The account was erased in the meantime.
  publishRevocations(context, account.id, ended)
  return ended.length
}

/** Removes the lock that failed log-ins have set on an account. Returns whether there was one. */
export const unlock = async (context: OperatorContext, account: Account): Promise<boolean> => {
  const lockedUntil = await deleteLoginFailures(context.store, await loginFailureKeys(account))
  return lockedUntil > context.now()
}
