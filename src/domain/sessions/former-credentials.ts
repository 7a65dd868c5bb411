import type { ContractName } from '../../model/contract.ts'
import type { StoredCredential } from '../../model/credential.ts'
import { findStoredCredential } from '../../store/credentials.ts'
import type { Claims } from '../../tokens/jwt.ts'
import { remember } from '../../tokens/remember.ts'
import type { Context } from '../context.ts'
import { adoptByToken } from './adopt.ts'
import { formerCredentialId, formerPairId } from './former-ids.ts'

/**
 * Log-ins of the former servers that are still valid. An import makes each of them a row of `credentials`, so they
 * are listed, revoked and deleted like our own. The row has a digest of what the client holds, and never that itself.
 */

type Problem = 'expired' | 'invalid' | 'revoked'

/** A token key has 40 hexadecimal digits, a session key 32 letters and digits. Our own tokens have dots. */
const KEY = /^(?:[0-9a-f]{40}|[0-9a-z]{32})$/
export const isFormerKey = (token: string): boolean => KEY.test(token)

/** `contract`: where an unknown token may be tried at the former server. */
export const readFormerKey = async (context: Context, key: string, contract: ContractName | null): Promise<Claims | Problem> => {
  const id = await formerCredentialId(key)
  const stored =
    (await findOnce(context, id)) ??
    (contract && (await adoptByToken(context, contract, id, { kind: key.length === 40 ? 'token' : 'session', key })))
  if (!stored || stored.kind === 'pair') return 'revoked'
  const { accountId, kind, createdAt, expiresAt } = stored
  if (expiresAt <= context.now()) return 'expired'
  return { type: kind, id, credentialId: id, accountId, issuedAt: createdAt, expiresAt }
}

export const readFormerJwt = async (context: Context, token: string, contract: ContractName | null): Promise<Claims | Problem> => {
  const claims = await context.tokens.verifyFormer(token, context.now())
  if (typeof claims === 'string') return claims
  const { userId, ...times } = claims
  const id = await formerPairId(userId)
  const stored =
    (await findOnce(context, id)) ?? (contract && (await adoptByToken(context, contract, id, { kind: claims.type, key: token })))
  if (stored?.kind !== 'pair') return 'revoked'
  return stored.expiresAt <= context.now() ? 'expired' : { ...times, id, credentialId: id, accountId: stored.accountId }
}

/**
 * Such a token does not name its account, so the first request with it in an isolate needs a query before all others. What it
 * returns never changes while the row exists; whether it does is checked with every request.
 */
const findOnce = async ({ formerCredentials, store }: Context, id: string): Promise<StoredCredential | null> => {
  const known = formerCredentials.get(id)
  if (known) return known
  const stored = await findStoredCredential(store, id)
  if (stored) remember(formerCredentials, id, stored)
  return stored
}
