import { type Page, pageOf } from '../../model/page.ts'
import { NAME_PREFIX_MAX, type PublicPerson } from '../../model/profile.ts'
import { findPeople } from '../../store/profiles.ts'
import type { MemberContext } from '../access.ts'

/** Lists people with an active account, oldest first. With `search`: those whose username, first or last name begins with it. */
export const listPeople = async (
  context: MemberContext,
  { after, limit, search }: { after: number | null; limit: number; search: string },
): Promise<Page<PublicPerson, number>> => {
  const rows = await findPeople(context.store, { after: after ?? 0, limit: limit + 1, search }, NAME_PREFIX_MAX)
  return pageOf(rows, limit, ({ id }) => id)
}
