import { findFeedOwner, findOrMakeFeed, replaceFeed } from '../../store/calendars.ts'
import type { Account, Ctx, MemberCtx } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/**
 * The token in a feed's address. It is no JWT and no credential: nothing but a row makes it good, no other endpoint looks
 * for that row, and it says nothing about whom it belongs to. It is kept as it is, since its owner may ask for it again;
 * whoever can read it in the database can read the plans there as well.
 */
const newFeed = (ctx: MemberCtx) => ({
  accountId: ctx.actor.account.id,
  token: `feed_${newTokenId()}${newTokenId()}`,
  createdAt: ctx.now(),
})

/** The caller's feed token, the same one every time. */
export const readFeedToken = (ctx: MemberCtx): Promise<string> => findOrMakeFeed(ctx.store, newFeed(ctx))

/** A new feed token; the old one is dead. */
export const resetFeedToken = async (ctx: MemberCtx): Promise<string> => {
  const feed = newFeed(ctx)
  await replaceFeed(ctx.store, feed)
  return feed.token
}

/** Whose feed a token opens. */
export const openFeed = async (ctx: Ctx, token: string): Promise<Account | 'invalid' | 'inactive'> => {
  const owner = await findFeedOwner(ctx.store, token)
  if (!owner) return 'invalid'
  return owner.isActive ? owner : 'inactive'
}
