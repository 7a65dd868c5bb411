import { insertRsvp, type Rsvp } from '../../store/rsvps.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId, newObjectId } from '../object-id.ts'
import { readerOf } from '../plans/reader.ts'
import { type Refusal, refuse } from '../refusals.ts'

/** Answers an invitation, once per account and plan, while there is room. */
export const addRsvp = async (
  ctx: MemberCtx,
  { planId }: { planId: string },
): Promise<Rsvp | Refusal<'invalid-id' | 'plan-not-found' | 'rsvp-exists' | 'plan-full'>> => {
  if (!isObjectId(planId)) return refuse('invalid-id')
  const { account } = ctx.actor
  const now = ctx.now()
  const rsvp = { id: newObjectId(now), planId, accountId: account.id, createdAt: now }
  const added = await insertRsvp(ctx.store, rsvp, readerOf(account))
  return added.ok ? added.rsvp : refuse(added.because)
}
