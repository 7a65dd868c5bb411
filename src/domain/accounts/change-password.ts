import { findForLogin, replacePassword } from '../../store/accounts.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { failed, failureKey, secondsUntil } from '../sessions/log-in.ts'
import { list } from '../sessions/log-out.ts'
import { usernameKey } from './names.ts'
import type { AcceptedPassword } from './password-rules.ts'

/** Whether the caller knows the old password; wrong guesses count as failed log-ins do. */
export const confirmPassword = async (
  context: MemberContext,
  password: string,
): Promise<{ readonly stored: string } | Failure<'wrong-password' | 'throttled'>> => {
  const key = usernameKey(context.actor.account.username)
  const who = await failureKey(key)
  const { found, lockedUntil } = await findForLogin(context.store, { usernameKey: key, who })
  if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })
  const verified = await context.passwords.verify(password, found?.password ?? null)
  if (!verified) return fail('throttled', { seconds: 10 })
  if (found && verified.matches) return { stored: found.password }
  const failure = await failed(context, who)
  return failure.code === 'throttled' ? fail('throttled', { seconds: failure.detail?.seconds ?? 60 }) : fail('wrong-password')
}

/** Gives the caller a new password; every other credential of the account dies with the old one. */
export const changePassword = async (
  context: MemberContext,
  { stored, password }: { stored: string; password: AcceptedPassword },
): Promise<null | Failure<'wrong-password' | 'throttled'>> => {
  const { account, credential } = context.actor
  const hash = await context.passwords.hash(password)
  if (hash === null) return fail('throttled', { seconds: 10 })
  const dead = await replacePassword(context.store, { id: account.id, from: stored, to: hash, keep: credential.id, now: context.now() })
  if (!dead) return fail('wrong-password') // changed by somebody else in the meantime
  list(context, account.id, dead)
  return null
}
