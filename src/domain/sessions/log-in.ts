import { type Account, usernameKey } from '../../model/account.ts'
import type { ContractName } from '../../model/contract.ts'
import type { FacilityProfile } from '../../model/facility.ts'
import { passwordFor } from '../../model/password.ts'
import type { PracticeProfile } from '../../model/profile.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { secondsUntil } from '../../model/time.ts'
import { insertLogin } from '../../store/credentials.ts'
import { findForLogin } from '../../store/passwords.ts'
import { isStaff, type MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { adoptByPassword, waitForFormerServer } from './adopt.ts'
import { type CredentialKind, type IssuedTokens, issueTokens, type LoginAttempt, newCredential } from './credentials.ts'
import { type CountedFailure, countFailure, loginGuard, reportFailure, sleepUntil } from './login-guard.ts'

interface LoginInput<K extends CredentialKind> extends LoginAttempt<K>, TypedLogin {}

export interface LoggedIn<K extends CredentialKind> {
  readonly account: Account
  readonly issued: IssuedTokens[K]
  /** Profiles that two contracts return at log-in; null if the account has none yet. */
  readonly practice: Omit<PracticeProfile, 'account'> | null
  readonly facility: FacilityProfile | null
}

/**
 * Checks the password, creates a credential of the requested kind and signs its tokens. The failures of an unknown username are
 * counted and locked in the same way as those of an account, so that the response does not reveal which accounts exist. A
 * failure that has checked a password is reported at a fixed time after the request: the check itself takes ten times as long
 * for an imported hash, and would reveal which accounts were imported. The wait occupies no place in the queue of hashes.
 */
export const logIn = async <K extends CredentialKind>(context: Context, login: LoginInput<K>): Promise<LoginResult<K>> => {
  const result = await tryLogIn(context, login)
  context.count({ name: 'log-in', labels: [result instanceof Failure ? result.code : 'success', login.kind] })
  return result
}

type LoginResult<K extends CredentialKind> = Result<LoggedIn<K>, 'invalid-credentials' | 'inactive' | 'throttled'>

/** A name and a password as they were typed in a contract. */
export interface TypedLogin {
  readonly contract: ContractName
  readonly username: string
  readonly password: string
}

/** What all checks of one request share. */
const startCheck = async (context: Context, { contract, username }: TypedLogin) => {
  const key = usernameKey(username)
  return {
    failsAt: context.now() + Math.max(context.settings.loginLock.failureResponseMs, waitForFormerServer(context, contract)),
    key,
    guard: await loginGuard(context, key),
    requester: { network: context.client.network, account: key },
  }
}

/** Finds the account of a name and checks its password. A wrong one is not counted yet. */
const checkLogin = async (
  context: Context,
  login: TypedLogin,
  { failsAt, key, guard, requester }: Awaited<ReturnType<typeof startCheck>>,
) => {
  const { stored, locks } = await findForLogin(context.store, { ...login, usernameKey: key }, guard)
  const lockedUntil = guard.lockedUntil(locks, stored?.isKnownNetwork ?? false)
  if (lockedUntil > context.now()) return fail('throttled', { seconds: secondsUntil(lockedUntil, context.now()) })

  const password = passwordFor(stored?.password ?? '$', login.contract, login.password)
  const verified = await context.passwords.verify(password, stored?.password ?? null, requester)
  if (!verified) return fail('throttled', { seconds: 10 })
  if (!stored || !verified.matches) return { isRight: false, stored } as const
  if (stored.account.isActive) return { isRight: true, stored, password, isOutdated: verified.outdated } as const
  await sleepUntil(context, failsAt)
  return fail('inactive')
}

/** The proof that the caller can log in to another account, without a log-in. It is limited in the same way. */
export const proveLogin = async (
  context: MemberContext,
  login: TypedLogin,
): Promise<Result<{ readonly account: Account; readonly password: string }, 'invalid-credentials' | 'inactive' | 'throttled'>> => {
  const check = await startCheck(context, login)
  const checked = await checkLogin(context, login, check)
  if (checked instanceof Failure) return checked
  if (checked.isRight) return checked.stored
  return reportFailure(context, await countFailure(context, check.guard, checked.stored?.account.id ?? null), check.failsAt)
}

const tryLogIn = async <K extends CredentialKind>(context: Context, login: LoginInput<K>): Promise<LoginResult<K>> => {
  const check = await startCheck(context, login)
  const { guard, requester, failsAt } = check
  let accountId: number | null = null
  let counted: CountedFailure | null = null
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const checked = await checkLogin(context, login, check)
    if (checked instanceof Failure) return checked
    accountId = checked.stored?.account.id ?? null
    if (!checked.isRight) {
      // Counted before the former server is asked, so that concurrent guesses there are limited as those here.
      counted ??= await countFailure(context, guard, accountId)
      const mayAsk = attempt < MAX_ATTEMPTS && counted.lockedUntil === null
      if (mayAsk && (await adoptByPassword(context, login, checked.stored))) continue
      return reportFailure(context, counted, failsAt)
    }
    const { stored, password, isOutdated } = checked

    const credential = newCredential(context, login)
    const rehash = isOutdated ? await context.passwords.hash(password, requester) : null
    const now = context.now()
    const verifiedAccount = { id: stored.account.id, password: stored.password }
    const audit = {
      ...auditEntry(context, 'log-in', stored.account.id),
      role: isStaff(stored.account) ? 'staff' : 'member',
      actorId: stored.account.id,
      credentialId: credential.id,
    } as const
    const newLogin = { account: verifiedAccount, who: guard.own, network: guard.network, now, credential, rehash, audit }
    if (await insertLogin(context.store, newLogin)) {
      context.gates.concern(stored.account.id)
      const issued = await issueTokens(context, stored.account, credential, login.kind)
      return { account: { ...stored.account, lastLoginAt: now }, issued, practice: stored.practice, facility: stored.facility }
    }
  }
  return reportFailure(context, counted ?? (await countFailure(context, guard, accountId)), failsAt)
}

/**
 * While the password was verified, the account may have been locked or closed, or its password hash replaced. Then no credential is
 * inserted, and the second attempt finds out why. A new hash of the same password (another log-in has replaced an outdated
 * one) is verified again; a new password is not the one that was typed.
 */
const MAX_ATTEMPTS = 2
