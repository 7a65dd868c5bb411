import { deleteCredential, deleteCredentials, type ListedCredential } from '../../store/credentials.ts'
import type { Context, MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Ends the credential that asks; an access token takes its whole pair along. */
export const logOut = async (context: MemberContext): Promise<void> => {
  await end(context, context.actor.account.id, context.actor.credential.id)
}

/** Ends one of the caller's own credentials. */
export const revokeSession = async (context: MemberContext, credentialId: string): Promise<null | Failure<'not-found'>> =>
  (await end(context, context.actor.account.id, credentialId)) ? null : fail('not-found')

/** Ends all of the caller's credentials but the one that asks. */
export const revokeOtherSessions = async (context: MemberContext): Promise<number> => {
  const dead = await deleteCredentials(context.store, context.actor.account.id, context.actor.credential.id)
  list(context, context.actor.account.id, dead)
  return dead.length
}

const end = async (context: Context, accountId: number, credentialId: string): Promise<boolean> => {
  const dead = await deleteCredential(context.store, accountId, credentialId)
  if (dead) list(context, accountId, [dead])
  return dead !== null
}

/**
 * D1 has settled it already; KV lets the next request with such a token be turned away sooner, and whoever sits at a
 * socket by one of them is shown the kind.
 */
export const list = (context: Context, accountId: number, dead: readonly ListedCredential[]): void => {
  if (dead.some(({ hasSat }) => hasSat)) context.waitUntil(context.support.revoked(accountId))
  for (const { id, expiresAt } of dead) context.waitUntil(context.revocations.list(id, expiresAt, context.now()))
}

/** Ends the pair that a refresh token belongs to: the token itself and every access token minted from it. */
export const endPair = async (context: Context, accountId: number, credentialId: string): Promise<boolean> =>
  end(context, accountId, credentialId)
