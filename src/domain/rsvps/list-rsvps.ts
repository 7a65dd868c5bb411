import { isObjectId } from '../../model/object-id.ts'
import { type Page, pageOf } from '../../model/page.ts'
import { fail, type Result } from '../../model/result.ts'
import type { RsvpView } from '../../model/rsvp.ts'
import { findOwnRsvps, findPlanRsvps } from '../../store/rsvps.ts'
import type { MemberContext } from '../access.ts'
import { readerOf } from '../plans/reader.ts'

interface PageRequest {
  readonly after: string | null
  readonly limit: number
}

/** Lists the RSVPs to a plan, oldest first. */
export const listPlanRsvps = async (
  context: MemberContext,
  { planId, after, limit }: { planId: string } & PageRequest,
): Promise<Result<Page<RsvpView, string>, 'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  const rows = await findPlanRsvps(context.store, planId, readerOf(context.actor.account), after ?? '', limit + 1)
  return rows ? pageOf(rows, limit, ({ id }) => id) : fail('plan-not-found')
}

/** Lists the caller's own RSVPs. */
export const listOwnRsvps = async (context: MemberContext, { after, limit }: PageRequest): Promise<Page<RsvpView, string>> =>
  pageOf(await findOwnRsvps(context.store, context.actor.account.id, after ?? '', limit + 1), limit, ({ id }) => id)
