import { findForLogin, replacePassword } from '../../store/accounts.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { failed, failureKey, secondsUntil } from '../sessions/log-in.ts'
import { list } from '../sessions/log-out.ts'
import { usernameKey } from './names.ts'
import type { AcceptedPassword } from './password-rules.ts'

/** Whether the caller knows the old password; wrong guesses count as failed log-ins do. */
export const confirmPassword = async (
  ctx: MemberCtx,
  password: string,
): Promise<{ readonly stored: string } | Refusal<'wrong-password' | 'throttled'>> => {
  const key = usernameKey(ctx.actor.account.username)
  const who = await failureKey(key)
  const { found, lockedUntil } = await findForLogin(ctx.store, { usernameKey: key, who })
  if (lockedUntil > ctx.now()) return refuse('throttled', { seconds: secondsUntil(ctx, lockedUntil) })
  const verified = await ctx.passwords.verify(password, found?.password ?? null)
  if (!verified) return refuse('throttled', { seconds: 10 })
  if (found && verified.matches) return { stored: found.password }
  const failure = await failed(ctx, who)
  return failure.word === 'throttled' ? refuse('throttled', { seconds: failure.detail?.seconds ?? 60 }) : refuse('wrong-password')
}

/** Gives the caller a new password; every other credential of the account dies with the old one. */
export const changePassword = async (
  ctx: MemberCtx,
  { stored, password }: { stored: string; password: AcceptedPassword },
): Promise<null | Refusal<'wrong-password' | 'throttled'>> => {
  const { account, credential } = ctx.actor
  const hash = await ctx.passwords.hash(password)
  if (hash === null) return refuse('throttled', { seconds: 10 })
  const dead = await replacePassword(ctx.store, { id: account.id, from: stored, to: hash, keep: credential.id, now: ctx.now() })
  if (!dead) return refuse('wrong-password') // changed by somebody else in the meantime
  list(ctx, account.id, dead)
  return null
}
