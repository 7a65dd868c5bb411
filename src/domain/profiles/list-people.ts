import { findPeople, type PublicPerson } from '../../store/profiles.ts'
import type { Context } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

/** Everybody with an open account, oldest first; with `search`, those whose username or a name begins with it. */
export const listPeople = async (
  context: Context,
  { after, limit, search }: { after: number | null; limit: number; search: string },
): Promise<Page<PublicPerson, number>> => {
  const found = await findPeople(context.store, { after: after ?? 0, limit: limit + 1, search })
  return pageOf(found, limit, ({ id }) => id)
}
