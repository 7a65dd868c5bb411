import { findRefreshable } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import type { Ctx } from '../context.ts'
import { type RefreshProblem, type Refusal, refuse } from '../refusals.ts'
import { signAccess } from './credentials.ts'
import { endPair } from './log-out.ts'

type Refused = Refusal<'refresh-refused'>

/** A new access token for a refresh token that is still good, and stays so. */
export const refreshAccess = async (ctx: Ctx, refresh: string): Promise<{ access: string } | Refused> => {
  const claims = await readRefresh(ctx, refresh)
  if (typeof claims === 'string') return refuse('refresh-refused', { because: claims })
  const account = await findRefreshable(ctx.store, claims)
  if (!account) return refuse('refresh-refused', { because: 'invalid' })
  return { access: await signAccess(ctx, account, claims.credentialId) }
}

/** Ends a refresh token and every access token minted from it. Saying it again is refused: it is dead. */
export const blacklistRefresh = async (ctx: Ctx, refresh: string): Promise<null | Refused> => {
  const claims = await readRefresh(ctx, refresh)
  if (typeof claims === 'string') return refuse('refresh-refused', { because: claims })
  return (await endPair(ctx, claims.accountId, claims.credentialId)) ? null : refuse('refresh-refused', { because: 'invalid' })
}

const readRefresh = async (ctx: Ctx, refresh: string): Promise<Claims | RefreshProblem> => {
  const claims = await ctx.tokens.verify(refresh, ctx.now())
  if (typeof claims === 'string') return claims
  return claims.type === 'refresh' ? claims : 'wrong-type'
}
