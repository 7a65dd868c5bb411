import type { MemberCtx } from '../context.ts'
import { Refusal } from '../refusals.ts'
import { openRoom } from './open-room.ts'
import type { History, HistoryQuery } from './words.ts'

/** A page of what was said in somebody's room, and how much of it the caller's side has not read. */
export const readHistory = async (
  ctx: MemberCtx,
  accountId: number,
  page: Omit<HistoryQuery, 'asStaff'>,
): Promise<History | Refusal<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(ctx, accountId)
  return opened instanceof Refusal ? opened : ctx.support.room(accountId).history({ ...page, asStaff: opened.asStaff })
}
