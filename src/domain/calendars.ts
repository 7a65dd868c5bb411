import type { Account, RankedAccount } from '../model/account.ts'
import { type CancelledPlan, MAX_CALENDAR_ENTRIES, type Plan } from '../model/plan.ts'
import { RETENTION } from '../model/retention.ts'
import { findCalendar, findFeedOwner, findOrCreateFeed, replaceFeed } from '../store/calendars.ts'
import type { MemberContext } from './access.ts'
import type { Context } from './context.ts'
import { newTokenId } from './object-id.ts'
import { readerOf } from './reader.ts'

/**
 * Creates the token in a calendar feed's URL. It is neither a JWT nor a credential: only its row makes it valid, no other
 * endpoint accepts it, and it contains nothing about its owner. It is stored unhashed, because the owner may ask for it
 * again; anyone who can read it in the database can read the plans there as well.
 */
const newFeed = (context: MemberContext) => ({
  accountId: context.actor.account.id,
  token: `feed_${newTokenId()}${newTokenId()}`,
  createdAt: context.now(),
})

/** Returns the caller's feed token. It stays the same until it is reset. */
export const readFeedToken = (context: MemberContext): Promise<string> => findOrCreateFeed(context.store, newFeed(context))

/** Replaces the caller's feed token. The old one stops working. */
export const resetFeedToken = async (context: MemberContext): Promise<string> => {
  const feed = newFeed(context)
  await replaceFeed(context.store, feed)
  return feed.token
}

/** Finds the owner of a feed token. */
export const resolveFeedToken = async (context: Context, token: string): Promise<Account | 'invalid' | 'inactive'> => {
  const owner = await findFeedOwner(context.store, token)
  if (!owner) return 'invalid'
  return owner.isActive ? owner : 'inactive'
}

/** Returns the plans that an account created or has an RSVP to, and those that were cancelled recently. */
export const readCalendar = (
  context: Context,
  account: RankedAccount,
): Promise<{ plans: readonly Plan[]; cancelled: readonly CancelledPlan[] }> =>
  findCalendar(context.store, readerOf(account), {
    limit: MAX_CALENDAR_ENTRIES,
    cancelledSince: context.now() - RETENTION.cancelledPlansMs,
  })
