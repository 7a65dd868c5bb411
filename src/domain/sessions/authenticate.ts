import type { ContractName } from '../../model/contract.ts'
import type { Quota } from '../../model/quotas.ts'
import { isoDay } from '../../model/time.ts'
import { assumedAccount, CallerCheckError, createCallerCheck, flagBits } from '../../store/caller-check.ts'
import { markSeen } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import { type MemberContext, memberContext } from '../access.ts'
import type { Context } from '../context.ts'
import { effectsAfter } from './effects.ts'
import { readToken } from './read-token.ts'

/** Why a token is rejected. `revoked` also covers a token with a valid signature that was never issued. */
export type TokenProblem = 'invalid' | 'expired' | 'wrong-type' | 'revoked' | 'account-not-found' | 'inactive'

/** `other-flags`: the account has other flags than the request assumed. The next attempt assumes the right ones. */
type CheckProblem = TokenProblem | 'over-quota' | 'other-flags'

/**
 * The caller of a request, by a token with a valid signature. A token is valid as long as its row exists, so a revocation
 * applies from the next request on, at every location. That check travels with the first statements of the request, in one
 * round trip, together with the count of a daily quota.
 */
export interface Caller {
  /** Its store sends the check along. What else has an effect can only be used once the check has passed. */
  readonly context: MemberContext
  /** Checks now, if no statement has done so. Returns why the check failed; null if it has passed. */
  check(): Promise<CheckProblem | null>
  /** The problem behind an error that a verb has thrown; null if the error has another cause. */
  problemOf(error: unknown): CheckProblem | null
}

/** `contract`: the one whose route the request matches; null for our own pages. */
export const identify = async (
  context: Context,
  token: string,
  quota: Quota | null,
  contract: ContractName | null,
): Promise<Caller | TokenProblem> => {
  const claims = await claimsOf(context, token, contract)
  if (typeof claims === 'string') return claims
  const listed = context.revocations.isListed(claims.credentialId, context.now())
  if (listed === true) return 'revoked'
  // The answer of KV comes too late for this request. It speeds up the rejection of the next one.
  if (listed !== false) context.waitUntil(listed)

  const flags = context.knownFlags.get(claims.accountId) ?? 0
  const check = checkFor(context, claims, flags, quota)
  const { id, expiresAt, type } = credentialOf(claims)
  const actor = {
    account: assumedAccount(claims.accountId, flags),
    credential: { id, expiresAt, type },
    load: async () => (await check.pass()).account,
  }
  const problemOf = (error: unknown) => recordProblem(context, claims, error)
  return {
    context: memberContext({ ...context, ...effectsAfter(check, context), store: check.store }, actor),
    problemOf,
    check: async () => {
      try {
        await check.pass()
        return null
      } catch (error) {
        const problem = problemOf(error)
        if (problem === null) throw error
        return problem
      }
    },
  }
}

/** The context of the account that a token belongs to, checked at once. */
export const authenticate = async (
  context: Context,
  token: string,
  contract: ContractName | null = null,
): Promise<MemberContext | TokenProblem> => {
  const claims = await claimsOf(context, token, contract)
  if (typeof claims === 'string') return claims
  const listed = context.revocations.isListed(claims.credentialId, context.now())
  if (listed === true) return 'revoked'
  const passing = passOf(context, claims)
  const found = await (listed === false
    ? passing
    : Promise.race([passing, listed.then(async (isListed) => (isListed ? ('revoked' as const) : passing))]))
  if (typeof found === 'string') return found
  const { account } = found
  return memberContext(context, { account, credential: credentialOf(claims), load: async () => account })
}

const passOf = async (context: Context, claims: Claims) => {
  try {
    return await checkFor(context, claims, null, null).pass()
  } catch (error) {
    const problem = recordProblem(context, claims, error)
    if (problem === null || problem === 'over-quota' || problem === 'other-flags') throw error
    return problem
  }
}

const claimsOf = async (context: Context, token: string, contract: ContractName | null): Promise<Claims | TokenProblem> => {
  const claims = await readToken(context, token, contract)
  if (typeof claims === 'string') return claims
  return claims.type === 'refresh' ? 'wrong-type' : claims
}

const credentialOf = ({ credentialId, type, expiresAt }: Claims) => ({ id: credentialId, type, expiresAt })

const checkFor = (context: Context, { accountId, credentialId }: Claims, flags: number | null, quota: Quota | null) => {
  context.gates.concern(accountId)
  const today = isoDay(context.now())
  const isPasskeyRequired = context.settings.requireStaffPasskey
  return createCallerCheck(
    context.store,
    { accountId, credentialId, flags, quota, day: today, isPasskeyRequired },
    ({ account, lastSeenDay }) => {
      rememberFlags(context, accountId, flagBits(account))
      if (lastSeenDay !== today) context.waitUntil(markSeen(context.store, credentialId, today))
    },
  )
}

const recordProblem = (context: Context, { accountId, credentialId }: Claims, error: unknown): CheckProblem | null => {
  let cause = error
  while (cause instanceof Error && !(cause instanceof CallerCheckError)) cause = cause.cause
  if (!(cause instanceof CallerCheckError)) return null
  if (typeof cause.problem === 'string') {
    // After a repeated import, a row with the same id may be that of another account.
    context.formerCredentials.delete(credentialId)
    return cause.problem
  }
  rememberFlags(context, accountId, cause.problem.flags)
  return 'other-flags'
}

/** Only the few accounts with flags are cached. The check detects a flag that has changed. */
const rememberFlags = ({ knownFlags }: Context, accountId: number, flags: number): void => {
  if (flags === 0) knownFlags.delete(accountId)
  else knownFlags.set(accountId, flags)
}

/** Whether a request with this token would be authenticated now. */
export const isValidToken = async (context: Context, token: string, contract: ContractName): Promise<boolean> =>
  typeof (await authenticate(context, token, contract)) !== 'string'
