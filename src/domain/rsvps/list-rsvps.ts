import { findOwnRsvps, findPlanRsvps, type ListedRsvp } from '../../store/rsvps.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isObjectId } from '../object-id.ts'
import { type Page, pageOf } from '../page.ts'
import { readerOf } from '../plans/reader.ts'

export type { ListedRsvp }

interface Part {
  readonly after: string | null
  readonly limit: number
}

/** Who comes to a plan, the first to answer first. */
export const listPlanRsvps = async (
  context: MemberContext,
  { planId, after, limit }: { planId: string } & Part,
): Promise<Page<ListedRsvp, string> | Failure<'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  const found = await findPlanRsvps(context.store, planId, readerOf(context.actor.account), after ?? '', limit + 1)
  return found ? pageOf(found, limit, ({ id }) => id) : fail('plan-not-found')
}

/** What the caller has answered. */
export const listOwnRsvps = async (context: MemberContext, { after, limit }: Part): Promise<Page<ListedRsvp, string>> =>
  pageOf(await findOwnRsvps(context.store, context.actor.account.id, after ?? '', limit + 1), limit, ({ id }) => id)
