import { isoDay } from '../../model/time.ts'
import { findAccountAndCredential, markSeen } from '../../store/credentials.ts'
import { type MemberContext, memberContext } from '../access.ts'
import type { Context } from '../context.ts'

/** Why a token is rejected. `revoked` also covers a token with a valid signature that was never issued. */
export type TokenProblem = 'invalid' | 'expired' | 'wrong-type' | 'revoked' | 'account-not-found' | 'inactive'

/**
 * Finds the account and credential of a token. One D1 round trip decides. KV is read at the same time, if at all: it can
 * only make a rejection faster.
 * A token is valid as long as its row exists, so a revocation applies from the next request on, at every location.
 */
export const authenticate = async (context: Context, token: string): Promise<MemberContext | TokenProblem> => {
  const now = context.now()
  const claims = await context.tokens.verify(token, now)
  if (typeof claims === 'string') return claims
  if (claims.type === 'refresh') return 'wrong-type'

  const listed = context.revocations.isListed(claims.credentialId, now)
  if (listed === true) return 'revoked'
  const bearerQuery = findAccountAndCredential(context.store, { accountId: claims.accountId, credentialId: claims.credentialId })
  const bearer = await (listed === false
    ? bearerQuery
    : Promise.race([bearerQuery, listed.then(async (isListed) => (isListed ? ('listed' as const) : bearerQuery))]))

  if (bearer === 'listed') return 'revoked'
  if (!bearer) return 'account-not-found'
  if (!bearer.account.isActive) return 'inactive'
  if (!bearer.credential) return 'revoked'

  const today = isoDay(now)
  if (bearer.credential.lastSeenDay !== today) context.waitUntil(markSeen(context.store, claims.credentialId, today))
  const credential = { id: claims.credentialId, type: claims.type, expiresAt: claims.expiresAt }
  return memberContext(context, { account: bearer.account, credential })
}

/** Whether a request with this token would be authenticated now. */
export const isValidToken = async (context: Context, token: string): Promise<boolean> =>
  typeof (await authenticate(context, token)) !== 'string'
