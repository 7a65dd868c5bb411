import { Failure, type Result } from '../../model/result.ts'
import { isStaff, type MemberContext } from '../access.ts'
import { openRoom } from './open-room.ts'

/** Whether the caller may open this person's room, and with which role. */
export const openChat = async (
  context: MemberContext,
  accountId: number,
): Promise<Result<{ readonly userId: number; readonly isAdmin: boolean }, 'forbidden' | 'not-found'>> => {
  const room = await openRoom(context, accountId, 'conversation-opened')
  return room instanceof Failure ? room : { userId: room.person.id, isAdmin: isStaff(context.actor.account) }
}
