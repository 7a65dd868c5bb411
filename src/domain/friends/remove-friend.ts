import { deleteFriendship } from '../../store/friends.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Ends a friendship, or takes a request back: by its record's id, or by the other one's. */
export const removeFriend = async (
  context: MemberContext,
  id: string,
): Promise<null | Failure<'friendship-not-found' | 'not-your-request'>> => {
  const came = await deleteFriendship(context.store, context.actor.account.id, id)
  if (came === 'deleted') return null
  return fail(came === 'not-theirs' ? 'not-your-request' : 'friendship-not-found')
}
