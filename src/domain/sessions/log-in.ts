import { type Account, usernameKey } from '../../model/account.ts'
import type { Client } from '../../model/client.ts'
import type { FacilityProfile } from '../../model/facility.ts'
import { hex } from '../../model/hex.ts'
import { type Failure, fail, type Result } from '../../model/result.ts'
import { findForLogin } from '../../store/accounts.ts'
import { countLoginFailure, insertLogin } from '../../store/credentials.ts'
import { isStaff } from '../access.ts'
import { auditEntry } from '../audit.ts'
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
 * Checks the password, creates a credential of the requested kind and signs its tokens. The failures of an unknown username are
 * counted and locked in the same way as those of an account, so that the response does not reveal which accounts exist. A
 * failure that has checked a password is reported at a fixed time after the request: the check itself takes ten times as long
 * for an imported hash, and would reveal which accounts were imported. The wait occupies no place in the queue of hashes.
 */
export const logIn = async <K extends CredentialKind>(
  context: Context,
  login: LoginInput<K>,
): Promise<Result<LoggedIn<K>, 'invalid-credentials' | 'inactive' | 'throttled'>> => {
  const failsAt = context.now() + context.settings.loginLock.failureResponseMs
  const key = usernameKey(login.username)
  const failureKey = await loginFailureKey(key)
  const counters = [failureKey, await networkFailureKey(context.client)]
  const requester = { network: context.client.network, account: key }
  let accountId: number | null = null
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { stored, lockedUntil } = await findForLogin(context.store, { usernameKey: key, counters })
    if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(context, lockedUntil) })

    accountId = stored?.account.id ?? null
    const verified = await context.passwords.verify(login.password, stored?.password ?? null, requester)
    if (!verified) return fail('throttled', { seconds: 10 })
    if (!stored || !verified.matches) return recordLoginFailure(context, failureKey, accountId, failsAt)
    if (!stored.account.isActive) {
      await sleepUntil(context, failsAt)
      return fail('inactive')
    }

    const credential = newCredential(context, login)
    const rehash = verified.outdated ? await context.passwords.hash(login.password, requester) : null
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
  return recordLoginFailure(context, failureKey, accountId, failsAt)
}

/**
 * While the password was verified, the account may have been locked or closed, or its password hash replaced. Then no credential is
 * inserted, and the second attempt finds out why. A new hash of the same password (another log-in has replaced an outdated
 * one) is verified again; a new password is not the one that was typed.
 */
const MAX_ATTEMPTS = 2

/**
 * Counts one more failed log-in of an account (null: of a name that no account has), delays the response until `failsAt` at
 * least, and returns the failure to report.
 */
export const recordLoginFailure = async (
  context: Context,
  failureKey: string,
  accountId: number | null,
  failsAt = 0,
): Promise<Failure<'invalid-credentials' | 'throttled'>> => {
  const rule = context.settings.loginLock
  const counters = {
    username: { who: failureKey, rule },
    network: { who: await networkFailureKey(context.client), rule: { ...rule, failures: rule.networkFailures } },
  }
  const { username, network } = await countLoginFailure(context.store, context.now(), counters, {
    failed: auditEntry(context, 'log-in-failed', accountId),
    locked: auditEntry(context, 'locked', accountId),
  })
  await sleepUntil(context, failsAt)
  if (username.failures > rule.failures) return fail('throttled', { seconds: secondsUntil(context, username.lockedUntil) })
  if (network.failures > rule.networkFailures) return fail('throttled', { seconds: secondsUntil(context, network.lockedUntil) })
  const slowdown = Math.max(0, username.failures - 3) * rule.slowdownMs
  if (slowdown > 0) await context.sleep(slowdown)
  return fail('invalid-credentials')
}

const sleepUntil = async (context: Context, time: number): Promise<void> => {
  const ms = time - context.now()
  if (ms > 0) await context.sleep(ms)
}

export const secondsUntil = (context: Context, time: number): number => Math.max(1, Math.ceil((time - context.now()) / 1000))

/** Failures are stored under a digest of the username, because people type passwords into the username field by mistake. */
export const loginFailureKey = (usernameKey: string): Promise<string> => digestOf(usernameKey)

/**
 * Failures are also counted for the client's wider network, because a guess for each of many accounts locks none of them. The
 * prefix is outside of the digest, so that no username can be chosen that has the key of a network.
 */
const networkFailureKey = async ({ widerNetwork }: Client): Promise<string> => `network:${await digestOf(widerNetwork)}`

const digestOf = async (text: string): Promise<string> => hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
