import { findForLogin } from '../../store/accounts.ts'
import { countFailure, insertLogin, type NewCredential } from '../../store/credentials.ts'
import type { FacilityProfile } from '../../store/profiles.ts'
import { usernameKey } from '../accounts/names.ts'
import type { Account, Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { type LoginAttempt, newCredential } from './credentials.ts'

interface Login extends LoginAttempt {
  readonly username: string
  readonly password: string
}

export interface LoggedIn {
  readonly account: Account
  readonly credential: NewCredential
  /** What two contracts show of a person at once; null where there is nothing yet. */
  readonly practice: { readonly bio: string; readonly location: string } | null
  readonly facility: FacilityProfile | null
}

/**
 * Opens the kind to whoever knows the password. A name that nobody bears costs the same time and is counted and locked
 * like any other, so that the answer tells nothing about who has an account.
 */
export const logIn = async (
  context: Context,
  login: Login,
): Promise<LoggedIn | Failure<'invalid-credentials' | 'inactive' | 'throttled'>> => {
  const key = usernameKey(login.username)
  const who = await failureKey(key)
  const { found, lockedUntil } = await findForLogin(context.store, { usernameKey: key, who })
  if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })

  const verified = await context.passwords.verify(login.password, found?.password ?? null)
  if (!verified) return fail('throttled', { seconds: 10 })
  if (!found || !verified.matches) return failed(context, who)
  if (!found.account.isActive) return fail('inactive')

  const credential = newCredential(context, login)
  const to = verified.outdated ? await context.passwords.hash(login.password) : null
  const rehash = to === null ? null : { from: found.password, to }
  const now = context.now()
  const admitted = await insertLogin(context.store, { accountId: found.account.id, who, now, credential, rehash })
  if (!admitted) return failed(context, who) // locked or closed while the password was being verified
  return { account: { ...found.account, lastLoginAt: now }, credential, practice: found.practice, facility: found.facility }
}

/** Counts one more wrong password against an account, and errorResponse what its asker hears. */
export const failed = async (context: Context, who: string): Promise<Failure<'invalid-credentials' | 'throttled'>> => {
  const rule = context.settings.loginLock
  const { failures, lockedUntil } = await countFailure(context.store, who, context.now(), rule)
  if (failures > rule.failures) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })
  const slowdown = Math.max(0, failures - 3) * rule.slowdownMs
  if (slowdown > 0) await context.sleep(slowdown)
  return fail('invalid-credentials')
}

export const secondsUntil = (context: Context, time: number): number => Math.max(1, Math.ceil((time - context.now()) / 1000))

/** Failures are kept under a digest: people type passwords into the name's field. */
export const failureKey = async (usernameKey: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(usernameKey))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
