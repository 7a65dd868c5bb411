import { type Account, usernameKey } from '../../model/account.ts'
import { accountBrake, type LockRule } from '../../model/login-lock.ts'
import { type Failure, fail } from '../../model/result.ts'
import { secondsUntil } from '../../model/time.ts'
import { countLoginFailure } from '../../store/credentials.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { digestOf } from '../digest.ts'

interface Counter {
  readonly who: string
  readonly rule: LockRule
  /** Whether others can cause this lock. Then it does not apply to a network from which the account has logged in before. */
  readonly isForeign: boolean
  /** Whether it counts failures of one username: then its lock is recorded in the audit trail. */
  readonly isOfUsername: boolean
}

/** What limits guesses of one password: the counters of its failures, and the locks that they cause. */
export interface LoginGuard {
  /** A digest of the client's network. */
  readonly network: string
  /** The counter that a success resets. */
  readonly own: string
  readonly counters: readonly string[]
  lockedUntil(locks: readonly { readonly who: string; readonly lockedUntil: number }[], isKnownNetwork: boolean): number
  readonly failures: readonly [Counter, ...Counter[]]
}

const guardOf = (network: string, failures: LoginGuard['failures']): LoginGuard => ({
  network,
  own: failures[0].who,
  counters: failures.map(({ who }) => who),
  failures,
  lockedUntil: (locks, isKnownNetwork) => {
    const applying = failures.filter(({ isForeign }) => !(isForeign && isKnownNetwork)).map(({ who }) => who)
    return Math.max(0, ...locks.filter(({ who }) => applying.includes(who)).map(({ lockedUntil }) => lockedUntil))
  },
})

/**
 * A log-in is limited by three counters: of this username from this address; of this username from all addresses, which locks
 * for a minute at most; and of the client's wider network, because a guess for each of many accounts locks none of them.
 */
export const loginGuard = async (context: Context, key: string): Promise<LoginGuard> => {
  const { client, settings } = context
  const { loginLock } = settings
  const [account, network, wider] = await Promise.all([loginFailureKey(key), digestOf(client.network), digestOf(client.widerNetwork)])
  return guardOf(network, [
    { who: `${account}:${network}`, rule: loginLock, isForeign: false, isOfUsername: true },
    { who: account, rule: accountBrake(loginLock), isForeign: true, isOfUsername: true },
    // The prefix is outside of the digest, so that no username can be chosen that has the key of a network.
    { who: `network:${wider}`, rule: { ...loginLock, failures: loginLock.networkFailures }, isForeign: true, isOfUsername: false },
  ])
}

/** A signed-in caller who confirms their password has a counter of their own: the guesses of others do not lock it. */
export const confirmationGuard = async (key: string, rule: LockRule): Promise<LoginGuard> =>
  guardOf('', [{ who: `${await loginFailureKey(key)}:confirmation`, rule, isForeign: false, isOfUsername: true }])

export interface CountedFailure {
  /** Null: no limit is exceeded. */
  readonly lockedUntil: number | null
  readonly slowdownMs: number
}

/** Counts one more failure of an account (null: of a name that no account has). */
export const countFailure = async (context: Context, { failures }: LoginGuard, accountId: number | null): Promise<CountedFailure> => {
  const counted = await countLoginFailure(context.store, context.now(), failures, {
    failed: auditEntry(context, 'log-in-failed', accountId),
    locked: auditEntry(context, 'locked', accountId),
  })
  const exceeded = counted.find(({ failures: count }, index) => count > (failures[index]?.rule.failures ?? 0))
  const slowdownMs = Math.max(0, (counted[0]?.failures ?? 0) - 3) * context.settings.loginLock.slowdownMs
  return { lockedUntil: exceeded?.lockedUntil ?? null, slowdownMs }
}

/** Delays the response until `failsAt` at least, and returns the failure to report. */
export const reportFailure = async (
  context: Context,
  { lockedUntil, slowdownMs }: CountedFailure,
  failsAt: number,
): Promise<Failure<'invalid-credentials' | 'throttled'>> => {
  await sleepUntil(context, failsAt)
  if (lockedUntil !== null) return fail('throttled', { seconds: secondsUntil(lockedUntil, context.now()) })
  if (slowdownMs > 0) await context.sleep(slowdownMs)
  return fail('invalid-credentials')
}

/** Both, for a caller who has confirmed their password wrongly. */
export const recordLoginFailure = async (context: Context, guard: LoginGuard, accountId: number | null) =>
  reportFailure(context, await countFailure(context, guard, accountId), 0)

export const sleepUntil = async (context: Context, time: number): Promise<void> => {
  const ms = time - context.now()
  if (ms > 0) await context.sleep(ms)
}

/** Failures are stored under a digest of the username, because people type passwords into the username field by mistake. */
export const loginFailureKey = (key: string): Promise<string> => digestOf(key)

/** The same for every name with which an account logs in. */
export const loginFailureKeys = ({ username, contractNames }: Pick<Account, 'username' | 'contractNames'>): Promise<string[]> => {
  const keys = [username, ...Object.values(contractNames)].map(usernameKey)
  return Promise.all([...new Set(keys)].map(loginFailureKey))
}
