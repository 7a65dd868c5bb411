import type { ContractName } from '../../model/contract.ts'
import type { Claims } from '../../tokens/jwt.ts'
import type { Context } from '../context.ts'
import { isFormerKey, readFormerJwt, readFormerKey } from './former-credentials.ts'

/**
 * The claims of a token: one of ours, or of a former server. Whether its credential exists and is alive is checked later. With a
 * contract, a token that is unknown here may be tried at its former server.
 */
export const readToken = async (
  context: Context,
  token: string,
  contract: ContractName | null,
): Promise<Claims | 'expired' | 'invalid' | 'revoked'> => {
  if (isFormerKey(token)) return readFormerKey(context, token, contract)
  const claims = await context.tokens.verify(token, context.now())
  return claims === 'invalid' ? readFormerJwt(context, token, contract) : claims
}
