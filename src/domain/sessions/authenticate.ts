import { findBearer, markSeen } from '../../store/credentials.ts'
import type { Actor, Context } from '../context.ts'
import { dayOf } from './credentials.ts'

/** Why a token opens nothing. `revoked` is also a token that was well signed and never handed out. */
export type TokenProblem = 'invalid' | 'expired' | 'wrong-type' | 'revoked' | 'gone' | 'inactive'

/**
 * Who bears this token. One D1 round trip, which alone decides: KV, where it is asked, is asked at the same time and can only
 * say no sooner.
 * A token lives while its row does, so that a revocation holds from the next request on, wherever that is made.
 */
export const authenticate = async (context: Context, token: string): Promise<Actor | TokenProblem> => {
  const now = context.now()
  const claims = await context.tokens.verify(token, now)
  if (typeof claims === 'string') return claims
  if (claims.type === 'refresh') return 'wrong-type'

  const listed = context.revocations.isListed(claims.credentialId, now)
  if (listed === true) return 'revoked'
  const found = findBearer(context.store, { accountId: claims.accountId, credentialId: claims.credentialId })
  const bearer = await (listed === false
    ? found
    : Promise.race([found, listed.then(async (isListed) => (isListed ? ('listed' as const) : found))]))

  if (bearer === 'listed') return 'revoked'
  if (!bearer) return 'gone'
  if (!bearer.account.isActive) return 'inactive'
  if (!bearer.credential) return 'revoked'

  const today = dayOf(now)
  if (bearer.credential.lastSeenDay !== today) context.waitUntil(markSeen(context.store, claims.credentialId, today))
  return { account: bearer.account, credential: { id: claims.credentialId, type: claims.type, expiresAt: claims.expiresAt } }
}

/** Whether a token would open something now. */
export const isLiveToken = async (context: Context, token: string): Promise<boolean> =>
  typeof (await authenticate(context, token)) !== 'string'
