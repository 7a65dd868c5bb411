import { usernameKey } from '../../model/account.ts'
import { HASHING_RETRY_MS } from '../../model/password.ts'
import { fail, type Result } from '../../model/result.ts'
import { SECOND, secondsUntil } from '../../model/time.ts'
import { findForConfirmation, replacePassword } from '../../store/passwords.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import { publishRevocations } from '../sessions/log-out.ts'
import { confirmationGuard, recordLoginFailure } from '../sessions/login-guard.ts'
import { passwordNotices } from './notices.ts'
import type { AcceptedPassword } from './password-rules.ts'

/** Checks the caller's current password. Wrong ones are counted and lock as at a log-in, but apart from those of a log-in. */
export const confirmPassword = async (
  context: MemberContext,
  password: string,
): Promise<Result<{ readonly stored: string }, 'wrong-password' | 'throttled'>> => {
  const { id, username } = await context.actor.load()
  const key = usernameKey(username)
  const guard = await confirmationGuard(key, context.settings.loginLock)
  const { stored, locks } = await findForConfirmation(context.store, id, guard)
  const lockedUntil = guard.lockedUntil(locks, false)
  if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(lockedUntil, context.now()) })
  const requester = { network: context.client.network, account: key }
  const verified = await context.passwords.verify(password, stored?.password ?? null, requester)
  if (!verified) return fail('throttled', { seconds: HASHING_RETRY_MS / SECOND })
  if (stored && verified.matches) return { stored: stored.password }
  const failure = await recordLoginFailure(context, guard, id)
  return failure.code === 'throttled' ? fail('throttled', { seconds: failure.detail?.seconds ?? 60 }) : fail('wrong-password')
}

/** Sets a new password for the caller, and ends every other credential of the account. */
export const changePassword = async (
  context: MemberContext,
  { stored, password }: { stored: string; password: AcceptedPassword },
): Promise<Result<null, 'wrong-password' | 'throttled'>> => {
  const { credential } = context.actor
  const account = await context.actor.load()
  const requester = { network: context.client.network, account: usernameKey(account.username) }
  const hash = await context.passwords.hash(password, requester)
  if (hash === null) return fail('throttled', { seconds: HASHING_RETRY_MS / SECOND })
  const ended = await replacePassword(context.store, {
    id: account.id,
    from: stored,
    to: hash,
    keep: credential.id,
    now: context.now(),
    audit: auditEntry(context, 'password-changed', account.id),
    ...passwordNotices(context),
  })
  if (!ended) return fail('wrong-password') // Another request has changed the password in the meantime.
  publishRevocations(context, account.id, ended)
  return null
}
