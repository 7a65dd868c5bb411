import type { Account, UserList } from '../../model/account.ts'
import { type NumberedPage, numberedPage, type Page, type PageNumber, pageOf } from '../../model/page.ts'
import { findInactiveUsers, findUsers } from '../../store/user-lists.ts'
import type { AdminContext } from '../access.ts'

/** Lists accounts without flags, oldest first: all of them, or only the active ones. */
export const listUsers = (context: AdminContext, list: UserList, page: PageNumber, size: number): Promise<NumberedPage<Account>> =>
  numberedPage(page, size, (from) => findUsers(context.store, list, from, size))

/** Lists closed accounts without flags, oldest first. */
export const listInactiveUsers = async (
  context: AdminContext,
  { after, limit }: { after: number | null; limit: number },
): Promise<Page<Account, number>> => {
  const rows = await findInactiveUsers(context.store, { after: after ?? 0, limit: limit + 1 })
  return pageOf(rows, limit, ({ id }) => id)
}
