import { fail, type Result } from '../../model/result.ts'
import { deleteFriendship } from '../../store/friends.ts'
import type { MemberContext } from '../access.ts'

/** Ends a friendship or withdraws a request. `id` is the id of the record or of the other account. */
export const removeFriend = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'friendship-not-found' | 'not-your-request'>> => {
  const outcome = await deleteFriendship(context.store, context.actor.account.id, id)
  if (outcome === 'deleted') return null
  return fail(outcome === 'not-theirs' ? 'not-your-request' : 'friendship-not-found')
}
