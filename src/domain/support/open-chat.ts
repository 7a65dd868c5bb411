import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { openRoom } from './open-room.ts'

/** Whether the caller may sit in this person's room, and as what. */
export const openChat = async (
  context: MemberContext,
  accountId: number,
): Promise<{ readonly userId: number; readonly isAdmin: boolean } | Failure<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(context, accountId)
  return opened instanceof Failure ? opened : { userId: opened.person.id, isAdmin: isStaff(context.actor.account) }
}
