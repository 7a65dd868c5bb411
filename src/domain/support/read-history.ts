import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { openRoom } from './open-room.ts'
import type { History, HistoryQuery } from './types.ts'

/** A page of a room's messages, and how many messages the caller's side has not read. */
export const readHistory = async (
  context: MemberContext,
  accountId: number,
  page: Omit<HistoryQuery, 'asStaff'>,
): Promise<History | Failure<'forbidden' | 'not-found'>> => {
  const room = await openRoom(context, accountId)
  return room instanceof Failure ? room : context.support.room(accountId).history({ ...page, asStaff: room.asStaff })
}
