import type { Quota } from '../../model/quotas.ts'
import { isoDay } from '../../model/time.ts'
import { findAccountAndCredential, findAccountAndUseQuota, markSeen } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import { type MemberContext, memberContext } from '../access.ts'
import type { Context } from '../context.ts'

/** Why a token is rejected. `revoked` also covers a token with a valid signature that was never issued. */
export type TokenProblem = 'invalid' | 'expired' | 'wrong-type' | 'revoked' | 'account-not-found' | 'inactive'

/**
 * Finds the account and credential of a token. One D1 round trip decides. KV is read at the same time, if at all: it can
 * only make a rejection faster.
 * A token is valid as long as its row exists, so a revocation applies from the next request on, at every location.
 * A request that has a daily quota is counted in the same round trip.
 */
export const authenticate = async (
  context: Context,
  token: string,
  quota: Quota | null = null,
): Promise<MemberContext | TokenProblem | 'over-quota'> => {
  const now = context.now()
  const claims = await context.tokens.verify(token, now)
  if (typeof claims === 'string') return claims
  if (claims.type === 'refresh') return 'wrong-type'

  const listed = context.revocations.isListed(claims.credentialId, now)
  if (listed === true) return 'revoked'
  const bearerQuery = findBearer(context, claims, quota)
  const found = await (listed === false
    ? bearerQuery
    : Promise.race([bearerQuery, listed.then(async (isListed) => (isListed ? ('listed' as const) : bearerQuery))]))

  if (found === 'listed') return 'revoked'
  const { bearer, uses } = found
  if (!bearer) return 'account-not-found'
  if (!bearer.account.isActive) return 'inactive'
  if (!bearer.credential) return 'revoked'
  if (quota && uses > quota.perDay) return 'over-quota'

  const today = isoDay(now)
  if (bearer.credential.lastSeenDay !== today) context.waitUntil(markSeen(context.store, claims.credentialId, today))
  const credential = { id: claims.credentialId, type: claims.type, expiresAt: claims.expiresAt }
  return memberContext(context, { account: bearer.account, credential })
}

const findBearer = async (context: Context, ids: Pick<Claims, 'accountId' | 'credentialId'>, quota: Quota | null) =>
  quota
    ? findAccountAndUseQuota(context.store, ids, quota.name, isoDay(context.now()))
    : { bearer: await findAccountAndCredential(context.store, ids), uses: 0 }

/** Whether a request with this token would be authenticated now. */
export const isValidToken = async (context: Context, token: string): Promise<boolean> =>
  typeof (await authenticate(context, token)) !== 'string'
