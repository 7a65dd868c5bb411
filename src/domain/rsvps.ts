import { isObjectId } from '../model/object-id.ts'
import { type Page, pageOf } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import type { Rsvp, RsvpView } from '../model/rsvp.ts'
import { deleteOwnRsvp as deleteOwn, deleteRsvp as deleteStored, findOwnRsvps, findPlanRsvps, insertRsvp } from '../store/rsvps.ts'
import type { MemberContext } from './access.ts'
import { newObjectId } from './object-id.ts'
import { readerOf } from './reader.ts'

/** Adds the caller's RSVP to a plan. At most one per account and plan, and only while the plan has free capacity. */
export const addRsvp = async (
  context: MemberContext,
  { planId }: { planId: string },
): Promise<Result<Rsvp, 'invalid-id' | 'plan-not-found' | 'rsvp-exists' | 'plan-full'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  const { account } = context.actor
  const now = context.now()
  const rsvp = { id: newObjectId(now), planId, accountId: account.id, createdAt: now }
  const added = await insertRsvp(context.store, rsvp, readerOf(account))
  if (!added.ok) return fail(added.code)
  context.gates.concern(added.creatorId)
  return added.rsvp
}

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

/** Deletes an RSVP. Its owner may, and so may the plan's creator and staff. */
export const deleteRsvp = async (
  context: MemberContext,
  id: string,
): Promise<Result<null, 'invalid-id' | 'rsvp-not-found' | 'may-not-delete-rsvp'>> => {
  if (!isObjectId(id)) return fail('invalid-id')
  const outcome = await deleteStored(context.store, id, readerOf(context.actor.account))
  if (outcome === null || outcome === 'not-theirs') return fail(outcome === null ? 'rsvp-not-found' : 'may-not-delete-rsvp')
  context.gates.concern(outcome.accountId)
  context.gates.concern(outcome.creatorId)
  return null
}

/** Deletes the caller's own RSVP to a plan, even if the caller may no longer see the plan. */
export const deleteOwnRsvp = async (context: MemberContext, planId: string): Promise<Result<null, 'invalid-id' | 'rsvp-not-found'>> => {
  if (!isObjectId(planId)) return fail('invalid-id')
  const deleted = await deleteOwn(context.store, planId, context.actor.account.id)
  if (!deleted) return fail('rsvp-not-found')
  context.gates.concern(deleted.creatorId)
  return null
}
