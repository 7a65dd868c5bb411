import { isObjectId } from '../../model/object-id.ts'
import { fail, type Result } from '../../model/result.ts'
import type { Rsvp } from '../../model/rsvp.ts'
import { insertRsvp } from '../../store/rsvps.ts'
import type { MemberContext } from '../access.ts'
import { newObjectId } from '../object-id.ts'
import { readerOf } from '../plans/reader.ts'

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
  return added.ok ? added.rsvp : fail(added.code)
}
