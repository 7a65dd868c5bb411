import { isStaff } from '../accounts/staff.ts'
import type { MemberCtx } from '../context.ts'
import { Refusal } from '../refusals.ts'
import { openRoom } from './open-room.ts'

/** Whether the caller may sit in this person's room, and as what. */
export const openChat = async (
  ctx: MemberCtx,
  accountId: number,
): Promise<{ readonly userId: number; readonly isAdmin: boolean } | Refusal<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(ctx, accountId)
  return opened instanceof Refusal ? opened : { userId: opened.person.id, isAdmin: isStaff(ctx.actor.account) }
}
