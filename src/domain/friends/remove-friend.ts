import { deleteFriendship } from '../../store/friends.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Ends a friendship, or takes a request back: by its record's id, or by the other one's. */
export const removeFriend = async (ctx: MemberCtx, id: string): Promise<null | Refusal<'friendship-not-found' | 'not-your-request'>> => {
  const came = await deleteFriendship(ctx.store, ctx.actor.account.id, id)
  if (came === 'deleted') return null
  return refuse(came === 'not-theirs' ? 'not-your-request' : 'friendship-not-found')
}
