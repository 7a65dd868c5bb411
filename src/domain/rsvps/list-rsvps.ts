import { findOwnRsvps, findPlanRsvps, type ListedRsvp } from '../../store/rsvps.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId } from '../object-id.ts'
import { type Page, pageOf } from '../page.ts'
import { readerOf } from '../plans/reader.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { ListedRsvp }

interface Part {
  readonly after: string | null
  readonly limit: number
}

/** Who comes to a plan, the first to answer first. */
export const listPlanRsvps = async (
  ctx: MemberCtx,
  { planId, after, limit }: { planId: string } & Part,
): Promise<Page<ListedRsvp, string> | Refusal<'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(planId)) return refuse('invalid-id')
  const found = await findPlanRsvps(ctx.store, planId, readerOf(ctx.actor.account), after ?? '', limit + 1)
  return found ? pageOf(found, limit, ({ id }) => id) : refuse('plan-not-found')
}

/** What the caller has answered. */
export const listOwnRsvps = async (ctx: MemberCtx, { after, limit }: Part): Promise<Page<ListedRsvp, string>> =>
  pageOf(await findOwnRsvps(ctx.store, ctx.actor.account.id, after ?? '', limit + 1), limit, ({ id }) => id)
