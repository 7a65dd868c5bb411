import { type Friendship, LISTED_FRIEND_STATUSES } from '../../model/friend.ts'
import { type Page, pageOf } from '../../model/page.ts'
import { findFriendships } from '../../store/friends.ts'
import type { MemberContext } from '../access.ts'

/** Lists the caller's friends and open requests, oldest record first. Rejected requests and closed accounts are left out. */
export const listFriends = async (
  context: MemberContext,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<Friendship, string>> => {
  const range = { after: after ?? '', limit: limit + 1 }
  const rows = await findFriendships(context.store, context.actor.account.id, range, LISTED_FRIEND_STATUSES)
  return pageOf(rows, limit, ({ id }) => id)
}
