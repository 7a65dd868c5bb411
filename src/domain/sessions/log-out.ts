import type { RevokedCredential } from '../../model/credential.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteCredential, deleteCredentials } from '../../store/credentials.ts'
import type { MemberContext } from '../access.ts'
import type { Context } from '../context.ts'
import { readToken } from './read-token.ts'

/** Ends the credential that makes the request. An access token ends its whole pair. */
export const logOut = async (context: MemberContext): Promise<void> => {
  await end(context, context.actor.account.id, context.actor.credential.id)
}

/** Ends the session of a cookie that a new log-in of the same browser replaces. Possession of the token is enough to end it. */
export const endReplacedSession = async (context: Context, token: string): Promise<void> => {
  const claims = await readToken(context, token, null)
  if (typeof claims !== 'string' && claims.type === 'session') await end(context, claims.accountId, claims.credentialId)
}

/** Ends one of the caller's own credentials. */
export const revokeSession = async (context: MemberContext, credentialId: string): Promise<Result<null, 'not-found'>> =>
  (await end(context, context.actor.account.id, credentialId)) ? null : fail('not-found')

/** Ends all of the caller's credentials except the one that makes the request. */
export const revokeOtherSessions = async (context: MemberContext): Promise<number> => {
  const ended = await deleteCredentials(context.store, context.actor.account.id, context.actor.credential.id)
  publishRevocations(context, context.actor.account.id, ended)
  return ended.length
}

const end = async (context: Context, accountId: number, credentialId: string): Promise<boolean> => {
  const ended = await deleteCredential(context.store, accountId, credentialId)
  if (ended) publishRevocations(context, accountId, [ended])
  return ended !== null
}

/**
 * The rows in D1 are already deleted, which alone decides. Listing the ids in KV makes later requests fail faster.
 * Connections that were opened with one of these credentials are closed.
 */
export const publishRevocations = (context: Context, accountId: number, ended: readonly RevokedCredential[]): void => {
  context.gates.concern(accountId)
  if (ended.some(({ isSocketUser }) => isSocketUser)) context.waitUntil(context.support.closeRevokedConnections(accountId))
  for (const { id, expiresAt } of ended) context.waitUntil(context.revocations.list(id, expiresAt, context.now()))
}

/** Ends the pair of a refresh token: the token itself and every access token issued from it. */
export const endTokenPair = async (context: Context, accountId: number, credentialId: string): Promise<boolean> =>
  end(context, accountId, credentialId)
