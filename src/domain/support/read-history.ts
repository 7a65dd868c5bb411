import { Failure, type Result } from '../../model/result.ts'
import type { History, HistoryQuery } from '../../model/support.ts'
import type { MemberContext } from '../access.ts'
import { openRoom } from './open-room.ts'

/** A page of a room's messages, and how many messages the caller's side has not read. */
export const readHistory = async (
  context: MemberContext,
  accountId: number,
  page: Omit<HistoryQuery, 'asStaff'>,
): Promise<Result<History, 'forbidden' | 'not-found'>> => {
  const room = await openRoom(context, accountId, 'conversation-read')
  if (room instanceof Failure) return room
  return context.support.room(accountId).history({ ...page, asStaff: room.asStaff })
}
