import { type Page, pageOf } from '../../model/page.ts'
import { NAME_PREFIX_MAX, type PublicPerson } from '../../model/profile.ts'
import { findPeople } from '../../store/profiles.ts'
import type { MemberContext } from '../access.ts'

/** Lists people with an active account, oldest first, without blocked ones. With `search`: those whose username, first or last name begins with it. */
export const listPeople = async (
  context: MemberContext,
  { after, limit, search }: { after: number | null; limit: number; search: string },
): Promise<Page<PublicPerson, number>> => {
  const range = { readerId: context.actor.account.id, after: after ?? 0, limit: limit + 1, search }
  const rows = await findPeople(context.store, range, NAME_PREFIX_MAX)
  return pageOf(rows, limit, ({ id }) => id)
}
