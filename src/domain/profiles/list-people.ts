import { findPeople, type PublicPerson } from '../../store/profiles.ts'
import type { Ctx } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

/** Everybody with an open account, oldest first; with `search`, those whose username or a name begins with it. */
export const listPeople = async (
  ctx: Ctx,
  { after, limit, search }: { after: number | null; limit: number; search: string },
): Promise<Page<PublicPerson, number>> => {
  const found = await findPeople(ctx.store, { after: after ?? 0, limit: limit + 1, search })
  return pageOf(found, limit, ({ id }) => id)
}
