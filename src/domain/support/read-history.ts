import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { openRoom } from './open-room.ts'
import type { History, HistoryQuery } from './types.ts'

/** A page of what was said in somebody's room, and how much of it the caller's side has not read. */
export const readHistory = async (
  context: MemberContext,
  accountId: number,
  page: Omit<HistoryQuery, 'asStaff'>,
): Promise<History | Failure<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(context, accountId)
  return opened instanceof Failure ? opened : context.support.room(accountId).history({ ...page, asStaff: opened.asStaff })
}
