import { findFeedOwner, findOrMakeFeed, replaceFeed } from '../../store/calendars.ts'
import type { Account, Context, MemberContext } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/**
 * The token in a feed's address. It is no JWT and no credential: nothing but a row makes it good, no other endpoint looks
 * for that row, and it errorResponse nothing about whom it belongs to. It is kept as it is, since its owner may ask for it again;
 * whoever can read it in the database can read the plans there as well.
 */
const newFeed = (context: MemberContext) => ({
  accountId: context.actor.account.id,
  token: `feed_${newTokenId()}${newTokenId()}`,
  createdAt: context.now(),
})

/** The caller's feed token, the same one every time. */
export const readFeedToken = (context: MemberContext): Promise<string> => findOrMakeFeed(context.store, newFeed(context))

/** A new feed token; the old one is dead. */
export const resetFeedToken = async (context: MemberContext): Promise<string> => {
  const feed = newFeed(context)
  await replaceFeed(context.store, feed)
  return feed.token
}

/** Whose feed a token opens. */
export const openFeed = async (context: Context, token: string): Promise<Account | 'invalid' | 'inactive'> => {
  const owner = await findFeedOwner(context.store, token)
  if (!owner) return 'invalid'
  return owner.isActive ? owner : 'inactive'
}
