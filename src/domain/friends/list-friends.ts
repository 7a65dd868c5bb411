import { type Friendship, findFriendships } from '../../store/friends.ts'
import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

export type { Friendship }

/** The caller's friends and open requests, the oldest record first. What was rejected is not told, nor who has left. */
export const listFriends = async (
  context: MemberContext,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<Friendship, string>> =>
  pageOf(await findFriendships(context.store, context.actor.account.id, after ?? '', limit + 1), limit, ({ id }) => id)
