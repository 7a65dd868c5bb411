import { deleteCredential, deleteCredentials, type ListedCredential } from '../../store/credentials.ts'
import type { Ctx, MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Ends the credential that asks; an access token takes its whole pair along. */
export const logOut = async (ctx: MemberCtx): Promise<void> => {
  await end(ctx, ctx.actor.account.id, ctx.actor.credential.id)
}

/** Ends one of the caller's own credentials. */
export const revokeSession = async (ctx: MemberCtx, credentialId: string): Promise<null | Refusal<'not-found'>> =>
  (await end(ctx, ctx.actor.account.id, credentialId)) ? null : refuse('not-found')

/** Ends all of the caller's credentials but the one that asks. */
export const revokeOtherSessions = async (ctx: MemberCtx): Promise<number> => {
  const dead = await deleteCredentials(ctx.store, ctx.actor.account.id, ctx.actor.credential.id)
  list(ctx, ctx.actor.account.id, dead)
  return dead.length
}

const end = async (ctx: Ctx, accountId: number, credentialId: string): Promise<boolean> => {
  const dead = await deleteCredential(ctx.store, accountId, credentialId)
  if (dead) list(ctx, accountId, [dead])
  return dead !== null
}

/**
 * D1 has settled it already; KV lets the next request with such a token be turned away sooner, and whoever sits at a
 * socket by one of them is shown the door.
 */
export const list = (ctx: Ctx, accountId: number, dead: readonly ListedCredential[]): void => {
  if (dead.some(({ hasSat }) => hasSat)) ctx.later(ctx.support.revoked(accountId))
  for (const { id, expiresAt } of dead) ctx.later(ctx.revocations.list(id, expiresAt, ctx.now()))
}

/** Ends the pair that a refresh token belongs to: the token itself and every access token minted from it. */
export const endPair = async (ctx: Ctx, accountId: number, credentialId: string): Promise<boolean> => end(ctx, accountId, credentialId)
