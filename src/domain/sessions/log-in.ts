import { type Account, usernameKey } from '../../model/account.ts'
import type { FacilityProfile } from '../../model/facility.ts'
import { hex } from '../../model/hex.ts'
import { type Failure, fail, type Result } from '../../model/result.ts'
import { findForLogin } from '../../store/accounts.ts'
import { countLoginFailure, insertLogin } from '../../store/credentials.ts'
import { isStaff } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'
import type { Context } from '../context.ts'
import { type CredentialKind, type IssuedTokens, issueTokens, type LoginAttempt, newCredential } from './credentials.ts'

interface LoginInput<K extends CredentialKind> extends LoginAttempt<K> {
  readonly username: string
  readonly password: string
}

export interface LoggedIn<K extends CredentialKind> {
  readonly account: Account
  readonly issued: IssuedTokens[K]
  /** Profiles that two contracts return at log-in; null if the account has none yet. */
  readonly practice: { readonly bio: string; readonly location: string } | null
  readonly facility: FacilityProfile | null
}

/**
 * Checks the password, creates a credential of the requested kind and signs its tokens. An unknown username takes the same time, and its
 * failures are counted and locked in the same way, so that the response does not reveal which accounts exist.
 */
export const logIn = async <K extends CredentialKind>(
  context: Context,
  login: LoginInput<K>,
): Promise<Result<LoggedIn<K>, 'invalid-credentials' | 'inactive' | 'throttled'>> => {
  const key = usernameKey(login.username)
  const failureKey = await loginFailureKey(key)
  let accountId: number | null = null
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { stored, lockedUntil } = await findForLogin(context.store, { usernameKey: key, who: failureKey })
    if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })

    accountId = stored?.account.id ?? null
    const verified = await context.passwords.verify(login.password, stored?.password ?? null)
    if (!verified) return fail('throttled', { seconds: 10 })
    if (!stored || !verified.matches) return recordLoginFailure(context, failureKey, accountId)
    if (!stored.account.isActive) return fail('inactive')

    const credential = newCredential(context, login)
    const rehash = verified.outdated ? await context.passwords.hash(login.password) : null
    const now = context.now()
    const verifiedAccount = { id: stored.account.id, password: stored.password }
    const role = isStaff(stored.account) ? 'staff' : 'member'
    const audit = {
      ...auditEntry(context, 'log-in', stored.account.id),
      role,
      actorId: stored.account.id,
      credentialId: credential.id,
    } as const
    if (await insertLogin(context.store, { account: verifiedAccount, who: failureKey, now, credential, rehash, audit })) {
      const issued = await issueTokens(context, stored.account, credential, login.kind)
      return { account: { ...stored.account, lastLoginAt: now }, issued, practice: stored.practice, facility: stored.facility }
    }
  }
  return recordLoginFailure(context, failureKey, accountId)
}

/**
 * While the password was verified, the account may have been locked or closed, or its password hash replaced. Then no credential is
 * inserted, and the second attempt finds out why. A new hash of the same password (another log-in has replaced an outdated
 * one) is verified again; a new password is not the one that was typed.
 */
const MAX_ATTEMPTS = 2

/** Counts one more failed log-in of an account (null: of a name that no account has), delays the response, and returns the failure to report. */
export const recordLoginFailure = async (
  context: Context,
  failureKey: string,
  accountId: number | null,
): Promise<Failure<'invalid-credentials' | 'throttled'>> => {
  const rule = context.settings.loginLock
  const { failures, lockedUntil } = await countLoginFailure(context.store, failureKey, context.now(), rule, {
    failed: auditEntry(context, 'log-in-failed', accountId),
    locked: auditEntry(context, 'locked', accountId),
  })
  if (failures > rule.failures) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })
  const slowdown = Math.max(0, failures - 3) * rule.slowdownMs
  if (slowdown > 0) await context.sleep(slowdown)
  return fail('invalid-credentials')
}

export const secondsUntil = (context: Context, time: number): number => Math.max(1, Math.ceil((time - context.now()) / 1000))

/** Failures are stored under a digest of the username, because people type passwords into the username field by mistake. */
export const loginFailureKey = async (usernameKey: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(usernameKey))
  return hex(digest)
}
