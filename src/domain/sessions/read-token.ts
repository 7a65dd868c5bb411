import type { Claims } from '../../tokens/jwt.ts'
import type { Context } from '../context.ts'
import { isFormerKey, readFormerJwt, readFormerKey } from './former-credentials.ts'

/** The claims of a token: one of ours, or of a former server. Whether its credential exists and is alive is checked later. */
export const readToken = async (context: Context, token: string): Promise<Claims | 'expired' | 'invalid' | 'revoked'> => {
  if (isFormerKey(token)) return readFormerKey(context, token)
  const claims = await context.tokens.verify(token, context.now())
  return claims === 'invalid' ? readFormerJwt(context, token) : claims
}
