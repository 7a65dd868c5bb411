import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { openRoom } from './open-room.ts'

/** Whether the caller may open this person's room, and with which role. */
export const openChat = async (
  context: MemberContext,
  accountId: number,
): Promise<{ readonly userId: number; readonly isAdmin: boolean } | Failure<'forbidden' | 'not-found'>> => {
  const room = await openRoom(context, accountId)
  return room instanceof Failure ? room : { userId: room.person.id, isAdmin: isStaff(context.actor.account) }
}
