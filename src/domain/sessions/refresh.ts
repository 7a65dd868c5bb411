import { findRefreshable } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import type { Context } from '../context.ts'
import { type Failure, fail, type RefreshProblem } from '../failures.ts'
import { signAccess } from './credentials.ts'
import { endPair } from './log-out.ts'

type Refused = Failure<'refresh-refused'>

/** A new access token for a refresh token that is still good, and stays so. */
export const refreshAccess = async (context: Context, refresh: string): Promise<{ access: string } | Refused> => {
  const claims = await readRefresh(context, refresh)
  if (typeof claims === 'string') return fail('refresh-refused', { because: claims })
  const account = await findRefreshable(context.store, claims)
  if (!account) return fail('refresh-refused', { because: 'invalid' })
  return { access: await signAccess(context, account, claims.credentialId) }
}

/** Ends a refresh token and every access token minted from it. Saying it again is refused: it is dead. */
export const blacklistRefresh = async (context: Context, refresh: string): Promise<null | Refused> => {
  const claims = await readRefresh(context, refresh)
  if (typeof claims === 'string') return fail('refresh-refused', { because: claims })
  return (await endPair(context, claims.accountId, claims.credentialId)) ? null : fail('refresh-refused', { because: 'invalid' })
}

const readRefresh = async (context: Context, refresh: string): Promise<Claims | RefreshProblem> => {
  const claims = await context.tokens.verify(refresh, context.now())
  if (typeof claims === 'string') return claims
  return claims.type === 'refresh' ? claims : 'wrong-type'
}
