import type { ContractName } from '../../model/contract.ts'
import type { RefreshProblem } from '../../model/failures.ts'
import { type Failure, fail } from '../../model/result.ts'
import { findRefreshable } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import type { Context } from '../context.ts'
import { signAccess } from './credentials.ts'
import { endTokenPair } from './log-out.ts'
import { readToken } from './read-token.ts'

type RefreshFailure = Failure<'invalid-refresh-token'>

/** Issues a new access token for a valid refresh token. The refresh token stays valid. */
export const refreshAccess = async (
  context: Context,
  refresh: string,
  contract: ContractName,
): Promise<{ access: string } | RefreshFailure> => {
  const claims = await readRefresh(context, refresh, contract)
  if (typeof claims === 'string') return fail('invalid-refresh-token', { reason: claims })
  const account = await findRefreshable(context.store, claims)
  if (!account) return fail('invalid-refresh-token', { reason: 'invalid' })
  return { access: await signAccess(context, account, claims.credentialId) }
}

/** Ends a refresh token and every access token issued from it. A second call fails, because the token is no longer valid. */
export const blacklistRefresh = async (context: Context, refresh: string): Promise<null | RefreshFailure> => {
  const claims = await readRefresh(context, refresh, null)
  if (typeof claims === 'string') return fail('invalid-refresh-token', { reason: claims })
  return (await endTokenPair(context, claims.accountId, claims.credentialId)) ? null : fail('invalid-refresh-token', { reason: 'invalid' })
}

const readRefresh = async (context: Context, refresh: string, contract: ContractName | null): Promise<Claims | RefreshProblem> => {
  const claims = await readToken(context, refresh, contract)
  if (claims === 'revoked') return 'invalid'
  if (typeof claims === 'string') return claims
  return claims.type === 'refresh' ? claims : 'wrong-type'
}
